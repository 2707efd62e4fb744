"""The corpus that the open model wrote, and the distribution that it drew each token from.

`load` reads what comes with the course (`data/written.npz`, `data/written.json`; `data/written.md` is its data card);
`openexperts corpus make` made it. The texts stand one after the other in a stream of token ids, each behind the mark
`BEGIN`. The vocabulary is trimmed: the few thousand tokens that the open model used most, and `UNKNOWN` for the rest.

A *document* here is a row of places in the stream, not of ids, so that text and teacher can be looked up alike:
`corpus.ids[places]`, and `corpus.top_ids[places]` with `corpus.top_shares[places]`, the best of the distribution that
the token at that place was drawn from.
"""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

BEGIN, UNKNOWN = 0, 1  # the ids that are no token of the open model's
N_SPECIAL = 2
TOP_K = 8
N_VALIDATION = 120  # texts; the first ones of the stream
PER_NAT, ABSENT = 32, 255  # a probability is kept as one byte: its negative logarithm in 1/32 nats


@dataclass(frozen=True)
class Corpus:
    """Texts as a stream of ids, and what the open model thought at each place."""

    record: dict  # how it was made, and what was counted then
    vocabulary: list[str]  # the piece of text that each id stands for
    open_model_ids: Tensor  # [vocabulary] the open model's own id; -1 for BEGIN and UNKNOWN
    numbers: Tensor  # [texts] of their prompts
    ids: Tensor  # [places]
    top_ids: Tensor  # [places, TOP_K] the likeliest tokens, the best first
    top_shares: Tensor  # the same shape: their probabilities when the token at this place was drawn

    @functools.cached_property
    def starts(self) -> Tensor:
        """[texts] the place of each text's BEGIN."""
        return (self.ids == BEGIN).nonzero()[:, 0]

    def text(self, index: int) -> Tensor:
        """The ids of one text, without BEGIN."""
        end = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.ids)
        return self.ids[self.starts[index] + 1 : end]

    def prompt(self, index: int) -> str:
        """What the open model was asked when it wrote this text."""
        return draw_prompt(self.record["recipe"]["prompts"], int(self.numbers[index]))

    def read(self, ids: Tensor | Sequence[int]) -> str:
        """Ids in words."""
        return "".join(self.vocabulary[token] for token in torch.as_tensor(ids).tolist())

    def documents(self, part: str, length: int) -> Tensor:
        """[documents, length + 1] places of neighbouring pieces of the stream: "validation", or "training", the rest.

        Each piece ends with the place where the next begins, so that every place but the first is predicted once.
        """
        if part not in ("training", "validation"):
            raise ValueError(f'part is "{part}"; it is "training" or "validation"')
        border = int(self.starts[N_VALIDATION])
        start, end = (0, border) if part == "validation" else (border, len(self.ids))
        return torch.arange(start, end).unfold(0, length + 1, length)


def draw_prompt(prompts: dict, number: int) -> str:
    """Prompt `number`: a template, and words for its blanks."""
    random = torch.Generator().manual_seed(number)

    def draw(words: Sequence[str]) -> str:
        return words[torch.randint(len(words), (), generator=random)]

    template = draw(prompts["templates"])
    blanks = {name: draw(prompts[name.removeprefix("other ")]) for name in ("person", "place", "thing", "animal")}
    for name in ("person", "animal"):
        others = [word for word in prompts[name] if word != blanks[name]]
        blanks[f"other {name}"] = draw(others)
    for name, word in blanks.items():
        template = template.replace(f"{{{name}}}", word)
    return template[0].upper() + template[1:]


def repeated(ids: Tensor, length: int = 4) -> float:
    """The share of a text's runs of `length` tokens that stand in it before."""
    runs = [tuple(run) for run in ids.unfold(0, length, 1).tolist()]
    return 1 - len(set(runs)) / len(runs)


def levels(shares: np.ndarray) -> np.ndarray:
    """Probabilities as one byte each."""
    with np.errstate(divide="ignore"):
        nats = -np.log(shares)
    return np.where(shares > 0, (nats * PER_NAT).round().clip(0, ABSENT - 1), ABSENT).astype(np.uint8)


def shares(levels: np.ndarray) -> np.ndarray:
    """The probabilities that `levels` stands for, right to 1.6 %; a row sums to 1, or less if it is not whole."""
    exact = np.where(levels == ABSENT, 0, np.exp(-levels.astype(np.float32) / PER_NAT)).astype(np.float32)
    total = exact.sum(-1, keepdims=True)
    whole = (levels == ABSENT).any(-1, keepdims=True)
    return exact / np.where(whole | (total > 1), total, 1)


def save(folder: Path, record: dict, pieces: Sequence[str], open_model_ids, numbers, ids, top_ids, top_levels) -> None:
    """Write a corpus to `folder`: `written.npz` and `written.json`."""
    arrays = {
        "pieces": np.frombuffer(json.dumps(list(pieces)).encode(), dtype=np.uint8),
        "open_model_ids": np.asarray(open_model_ids, dtype=np.int32),
        "numbers": np.asarray(numbers, dtype=np.uint16),
        "ids": np.asarray(ids, dtype=np.uint16),
        # Column after column: the best tokens resemble each other, and so the file gets smaller.
        "top_ids": np.asarray(np.where(top_levels == ABSENT, 0, top_ids).T, dtype=np.uint16),
        "top_levels": np.ascontiguousarray(top_levels.T),
    }
    np.savez_compressed(folder / "written.npz", **arrays)
    (folder / "written.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


@functools.cache
def load(folder: Path | None = None) -> Corpus:
    """The corpus that comes with the course, or the one that was saved in `folder`."""
    place = folder or files("openexperts") / "data"
    with (place / "written.npz").open("rb") as stream, np.load(stream) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    special = np.full(N_SPECIAL, -1, dtype=np.int64)
    return Corpus(
        record=json.loads((place / "written.json").read_text(encoding="utf-8")),
        vocabulary=json.loads(kept["pieces"].tobytes()),
        open_model_ids=torch.from_numpy(np.concatenate([special, kept["open_model_ids"]])),
        numbers=torch.from_numpy(kept["numbers"].astype(np.int64)),
        ids=torch.from_numpy(kept["ids"].astype(np.int64)),
        top_ids=torch.from_numpy(kept["top_ids"].T.astype(np.int64)),
        top_shares=torch.from_numpy(shares(kept["top_levels"].T)),
    )
