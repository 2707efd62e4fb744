"""Let the open model write a corpus: `openexperts corpus make`.

The model gets a prompt for each text, drawn from lists, and writes a few sentences. It writes in batches. A finished
batch is a file; an ended run goes on after the last one, and what it makes is the same, bit for bit, as without the
interruption: batch n depends on n and on `RECIPE` alone. `pack` then throws out texts that go in circles or repeat
others, keeps the most frequent tokens, and writes the two files that `openexperts.written` reads.

Beside each token stands the distribution that it was drawn from, with the prompt, the temperature and top-p in it
(Holtzman et al. 2020, arXiv 1904.09751). It cannot be had from the text alone afterwards.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import transformers
from torch import Tensor, nn
from tqdm import tqdm
from transformers import AttentionInterface, DynamicCache
from transformers.cache_utils import DynamicLayer

from openexperts import open_model
from openexperts.written import BEGIN, N_SPECIAL, TOP_K, UNKNOWN, draw_prompt, levels, repeated, save

RECIPE = {
    "temperature": 0.7,
    "top_p": 0.95,
    "at_most_tokens": 96,  # of a text
    "at_most_sentences": 5,
    "texts_in_a_batch": 128,
    "chat": "<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n",
    "prompts": {
        "templates": [
            "Write a short story about {person} who finds {thing} in {place}.",
            "Write a short story about {person} and {animal}.",
            "Tell a story for children about {animal} that lives in {place}.",
            "Describe a day in the life of {person}.",
            "{person} and {other person} meet in {place}. What happens next?",
            "Why does {person} need {thing}? Explain it in simple words.",
            "Write a letter from {person} to {other person} about {thing}.",
            "What can you see in {place} at night?",
            "Explain to a child what {thing} is for.",
            "How do you look after {animal}?",
            "Write a page of the diary of {person} who lost {thing}.",
            "Describe {place} in simple words.",
            "Tell a story for children about {person}, {animal} and {thing}.",
            "Who works in {place}, and what do they do there?",
            "Tell me about the friendship of {animal} and {other animal}.",
            "How does {person} help {other person}?",
        ],
        "person": (
            "a nurse,a farmer,a pilot,a teacher,a doctor,a baker,a sailor,a queen,a king,a gardener,a painter,"
            "a soldier,a singer,a dancer,a cook,a judge,a hunter,a fisherman,a mechanic,a scientist,a student,"
            "a shepherd,a tailor,a thief,a clown,a librarian,a carpenter,a plumber,a secretary,a banker,an engineer,"
            "an astronaut,a waiter,a driver,a poet,a programmer,a cleaner,a guard,a mayor,a witch,a grandmother,"
            "a grandfather,a little girl,a little boy,a young woman,an old man,a blind man,a rich man,a poor woman,"
            "a stranger"
        ).split(","),
        "place": (
            "a forest,a village,a castle,a library,a hospital,a market,a kitchen,a garden,a desert,a harbour,a school,"
            "a museum,a theatre,a factory,a train station,an airport,an island,a cave,a mountain,a bakery,a hotel,"
            "a prison,a farm,a church,a laboratory,a small town,a big city,a valley,a tower,a ship,a park,a tunnel,"
            "a lighthouse,a mine,a swamp,an orchard,a courtroom,a restaurant,a submarine,a space station"
        ).split(","),
        "thing": (
            "a lamp,a key,a book,a map,a boat,a clock,a mirror,a ring,a violin,a letter,a bicycle,a hat,a knife,"
            "a camera,a telescope,a rope,a basket,a coat,a coin,a box,a ladder,a painting,a radio,a robot,a kite,"
            "a hammer,a bottle,a candle,a chair,a computer,a compass,a drum,an umbrella,an old photograph,a wheel,"
            "a blanket,a bell,a seed,a stone,a toy train"
        ).split(","),
        "animal": (
            "a fox,a cat,a dog,a horse,a bear,an owl,a crow,a rabbit,a mouse,a lion,a wolf,a turtle,a frog,a duck,"
            "a whale,an elephant,a snake,a bee,a spider,a goat,a parrot,a monkey,a deer,a fish,a hedgehog,a camel,"
            "a penguin,a sheep,a tiger,a butterfly"
        ).split(","),
    },
}
# What `pack` throws out and keeps. A change here needs no new writing.
SHORTEST = 16  # tokens
MOST_REPEATED = 0.2  # the share of a text's runs of 4 tokens that stand in it before
MOST_KNOWN = 0.4  # the share of a text's runs of 8 tokens that stand in earlier texts
VOCABULARY = 4096

CANDIDATES = 256  # no token below the best 256 is drawn: top-p leaves fewer nearly always


@dataclass(frozen=True)
class Text:
    """What the model wrote for one prompt: [tokens], and of each place the best tokens, [tokens, TOP_K]."""

    number: int  # of its prompt
    tokens: np.ndarray
    top_tokens: np.ndarray
    top_shares: np.ndarray  # their probabilities, the best first; 0 where top-p left fewer than TOP_K


# Writing


class _RoomyLayer(DynamicLayer):
    """A layer of the cache with room for `room` more tokens: transformers' own copies all of them at each token."""

    def __init__(self, room: int):
        super().__init__()
        self.room = room

    def update(self, key_states: Tensor, value_states: Tensor, *_, **__) -> tuple[Tensor, Tensor]:
        rows, heads, new, width = key_states.shape
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self.length, shape = 0, (rows, heads, new + self.room, width)
            self.keys, self.values = key_states.new_zeros(shape), value_states.new_zeros(shape)
        self.keys[:, :, self.length : self.length + new] = key_states
        self.values[:, :, self.length : self.length + new] = value_states
        self.length += new
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]

    def get_seq_length(self) -> int:
        return self.length if self.is_initialized else 0


def _grouped_attention(module, query, key, value, attention_mask, scaling, **_):
    """Attention whose query heads share key heads without copies of them, which take most of the time at one token."""
    rows, heads, new, width = query.shape
    groups = query.reshape(rows, key.shape[1], -1, width)  # the query heads of one key head follow each other
    scores = (groups @ key.mT * scaling).view(rows, heads, new, -1) + attention_mask
    mixed = scores.softmax(-1).view(rows, key.shape[1], -1, key.shape[2]) @ value
    return mixed.view(rows, heads, new, width).transpose(1, 2), None


AttentionInterface.register("grouped", _grouped_attention)


def nucleus(logits: Tensor, temperature: float, top_p: float) -> tuple[Tensor, Tensor]:
    """The distribution that is drawn from, [rows, candidates]: tokens, the likeliest first, and their probabilities.

    The fewest tokens that hold `top_p` together, at this temperature; what is left out has probability 0.
    """
    scaled = logits / temperature
    best, tokens = scaled.topk(min(CANDIDATES, logits.shape[-1]))
    share = (best - scaled.logsumexp(-1, keepdim=True)).exp()
    share = share.where(share.cumsum(-1) - share < top_p, 0)
    return tokens, share / share.sum(-1, keepdim=True)


@torch.no_grad()
def write(
    model: nn.Module,
    prompts: Sequence[list[int]],
    seed: int,
    ends: Tensor,
    on_token: Callable[[], None],
    recipe: dict = RECIPE,
) -> list[tuple[Tensor, Tensor, Tensor, bool]]:
    """Let `model` answer each of `prompts`, all in one batch.

    `ends` says of each token whether it ends a sentence; `recipe` holds temperature, top-p and limits. Returns for each
    prompt (tokens, top tokens, top shares, whether the model ended by itself). A text that ran out of tokens is cut
    back to its last whole sentence.
    """
    random = torch.Generator().manual_seed(seed)
    stop = model.config.eos_token_id
    longest = max(map(len, prompts))
    # Short prompts are filled up in front, so that all rows write at the same place; the mask hides the filling.
    ids = torch.tensor([[stop] * (longest - len(prompt)) + prompt for prompt in prompts])
    real = torch.tensor([[False] * (longest - len(prompt)) + [True] * len(prompt) for prompt in prompts])
    positions = real.cumsum(1) - 1
    sees = real[:, None, None, :] & torch.ones(longest, longest, dtype=torch.bool).tril()
    sees |= torch.eye(longest, dtype=torch.bool)  # filling sees itself: a row without anything would be NaN
    cache = DynamicCache()
    cache.layers = [_RoomyLayer(recipe["at_most_tokens"]) for _ in range(model.config.num_hidden_layers)]
    rows, written = torch.arange(len(prompts)), [[] for _ in prompts]
    sentences = torch.zeros(len(prompts), dtype=torch.long)
    for _ in range(recipe["at_most_tokens"]):
        mask = torch.zeros(sees.shape).masked_fill(~sees, torch.finfo(torch.float32).min)
        logits = model(
            input_ids=ids, attention_mask=mask, position_ids=positions.clamp(min=0), past_key_values=cache,
            logits_to_keep=1,
        ).logits[:, -1]  # fmt: skip
        tokens, shares = nucleus(logits, recipe["temperature"], recipe["top_p"])
        drawn = torch.multinomial(shares, 1, generator=random)
        token = tokens.gather(1, drawn)[:, 0]
        for row, *entry in zip(rows.tolist(), token, tokens[:, :TOP_K], shares[:, :TOP_K], strict=True):
            written[row].append(entry)
        sentences[rows] += ends[token]
        goes_on = (token != stop) & (sentences[rows] < recipe["at_most_sentences"])
        on_token()
        if not goes_on.any():
            break
        if not goes_on.all():  # rows that are done cost nothing any more
            cache.batch_select_indices(goes_on.nonzero()[:, 0])
        rows, real, positions = rows[goes_on], real[goes_on], positions[goes_on, -1:] + 1
        real = torch.cat([real, torch.ones(len(rows), 1, dtype=torch.bool)], dim=1)
        ids, sees = token[goes_on, None], real[:, None, None, :]
    return [_finish(text, stop, ends) for text in written]


def _finish(text: list, stop: int, ends: Tensor) -> tuple[Tensor, Tensor, Tensor, bool]:
    tokens, top_tokens, top_shares = (torch.stack(column) for column in zip(*text, strict=True))
    by_itself = tokens[-1].item() == stop
    whole = len(tokens) - 1 if by_itself else int((ends[tokens] * torch.arange(1, len(tokens) + 1)).max())
    return tokens[:whole], top_tokens[:whole], top_shares[:whole], by_itself


def sentence_ends(tokenizer, size: int) -> Tensor:
    """Of each of `size` tokens, whether a sentence ends with it."""
    words = tokenizer.batch_decode([[token] for token in range(size)])
    return torch.tensor([word.rstrip("\"'”’) \n").endswith((".", "!", "?")) for word in words])


def write_batch(model: nn.Module, tokenizer, number: int, file: Path, on_token: Callable[[], None]) -> None:
    """Write batch `number` of the corpus to `file`, wholly or not at all."""
    size = RECIPE["texts_in_a_batch"]
    numbers = range(number * size, (number + 1) * size)
    prompts = [RECIPE["chat"].format(prompt=draw_prompt(RECIPE["prompts"], text)) for text in numbers]
    ends = sentence_ends(tokenizer, model.config.vocab_size)
    texts = write(model, [tokenizer(prompt).input_ids for prompt in prompts], number, ends, on_token)
    columns = {
        "numbers": np.array(numbers, dtype=np.int32),
        "lengths": np.array([len(text[0]) for text in texts], dtype=np.int32),
        "by_itself": np.array([text[3] for text in texts]),
        "tokens": torch.cat([text[0] for text in texts]).numpy().astype(np.int32),
        "top_tokens": torch.cat([text[1] for text in texts]).numpy().astype(np.int32),
        "top_shares": torch.cat([text[2] for text in texts]).numpy(),
    }
    unfinished = file.with_suffix(".unfinished")
    with unfinished.open("wb") as stream:
        np.savez(stream, **columns)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)


def make(folder: Path, n_batches: int) -> dict:
    """Write `n_batches` of texts, those that are there already excepted, and pack them in `folder`; what was done.

    The batches' folder carries a name that stands for the recipe and the model, so that no corpus is a mixture of two.
    """
    model, tokenizer = open_model.load(), open_model.load_tokenizer()
    model.set_attn_implementation("grouped")
    source = open_model.other_model() or open_model.GGUF_FILE
    sign = hashlib.sha256(json.dumps([RECIPE, source], sort_keys=True).encode()).hexdigest()[:12]
    batches = folder / f"batches-{sign}"
    batches.mkdir(parents=True, exist_ok=True)
    files = [batches / f"{number:04}.npz" for number in range(n_batches)]
    steps = RECIPE["at_most_tokens"]
    done = sum(file.exists() for file in files)
    with tqdm(total=n_batches * steps, initial=done * steps, desc="writing", unit="step", file=sys.stdout) as bar:
        for number, file in enumerate(files):
            if not file.exists():
                write_batch(model, tokenizer, number, file, bar.update)
                bar.update((number + 1) * steps - bar.n)  # a batch may end early
    made_with = {
        "model": source,
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "made": time.strftime("%Y-%m-%d"),
        "recipe": RECIPE,
    }
    return pack(files, tokenizer, made_with, folder)


# Packing


def read_batches(files: Sequence[Path]) -> tuple[list[Text], int]:
    """All texts in order, and how many of them the model ended by itself."""
    texts, by_itself = [], 0
    for file in files:
        with np.load(file) as batch:
            places = batch["lengths"].cumsum()[:-1]
            columns = [np.split(batch[name], places) for name in ("tokens", "top_tokens", "top_shares")]
            texts += [Text(int(number), *text) for number, *text in zip(batch["numbers"], *columns, strict=True)]
            by_itself += int(batch["by_itself"].sum())
    return texts, by_itself


def sift(texts: Sequence[Text]) -> tuple[list[Text], dict[str, int]]:
    """The texts that are kept, in order, and how many each filter threw out; a text is thrown out by the first."""
    kept, known, thrown_out = [], set(), {"too short": 0, "goes in circles": 0, "repeats others": 0}
    for text in texts:
        eights = [text.tokens[start : start + 8].tobytes() for start in range(len(text.tokens) - 7)]
        if len(text.tokens) < SHORTEST:
            thrown_out["too short"] += 1
        elif repeated(torch.from_numpy(text.tokens)) > MOST_REPEATED:
            thrown_out["goes in circles"] += 1
        elif sum(run in known for run in eights) / len(eights) > MOST_KNOWN:
            thrown_out["repeats others"] += 1
        else:
            kept.append(text)
            known.update(eights)
    return kept, thrown_out


def pack(files: Sequence[Path], tokenizer, made_with: dict, folder: Path) -> dict:
    """Sift the texts of these batches, trim the vocabulary, and save the corpus in `folder`; returns the record."""
    texts, by_itself = read_batches(files)
    kept, thrown_out = sift(texts)
    counts = np.bincount(np.concatenate([text.tokens for text in kept]))
    frequent = np.argsort(-counts, kind="stable")[: VOCABULARY - N_SPECIAL]
    frequent = frequent[counts[frequent] > 0]
    trimmed = np.full(max(len(tokenizer), len(counts)), UNKNOWN, dtype=np.int64)
    trimmed[frequent] = np.arange(N_SPECIAL, N_SPECIAL + len(frequent))
    ids = np.concatenate([[BEGIN, *trimmed[text.tokens]] for text in kept])
    # Between texts nothing was drawn: the token BEGIN stands there, with probability 1.
    begin_tokens, begin_shares = np.full((1, TOP_K), BEGIN), np.eye(1, TOP_K)
    top_ids = np.concatenate([part for text in kept for part in (begin_tokens, trimmed[text.top_tokens])])
    top_shares = np.concatenate([part for text in kept for part in (begin_shares, text.top_shares)])
    n_tokens = len(ids) - len(kept)
    record = made_with | {
        "written": {
            "texts": len(texts), "tokens": int(sum(len(text.tokens) for text in texts)), "by itself": by_itself,
        },
        "thrown out": thrown_out,
        "kept": {
            "texts": len(kept), "tokens": n_tokens, "share known": round(1 - int((ids == UNKNOWN).sum()) / n_tokens, 4),
            "vocabulary": N_SPECIAL + len(frequent),
        },
        "share in the top 8": round(float(top_shares[ids != BEGIN].sum(1).mean()), 4),
    }  # fmt: skip
    pieces = ["<text>", "<unknown>", *tokenizer.batch_decode(frequent[:, None].tolist())]
    numbers = np.array([text.number for text in kept])
    save(folder, record, pieces, frequent, numbers, ids, top_ids, levels(top_shares))
    return record
