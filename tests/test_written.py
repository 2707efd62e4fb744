"""The corpus that the open model wrote: how it is made, and what was shipped."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from notebooks import ROOT
from openexperts import cli, open_model, written
from openexperts.writing import RECIPE, Text, make, nucleus, read_batches, sentence_ends, sift, write, write_batch
from openexperts.written import ABSENT, BEGIN, N_SPECIAL, N_VALIDATION, TOP_K, UNKNOWN, draw_prompt, levels, shares

ALPHABET = ["<|end|>", *map(chr, range(32, 127)), "ab", "cd", ". "]
DATA = ROOT / "src" / "openexperts" / "data"


class Letters:
    """A tokenizer of single letters."""

    def __call__(self, text):
        return SimpleNamespace(input_ids=[ALPHABET.index(letter) if letter in ALPHABET else 1 for letter in text])

    def batch_decode(self, ids):
        return ["".join(ALPHABET[token] for token in row) for row in ids]

    def __len__(self):
        return len(ALPHABET)


@pytest.fixture
def tiny(monkeypatch):
    """A writer so small that a batch takes a blink, in place of the open model."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(ALPHABET), hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, eos_token_id=0, bos_token_id=None,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.4)
    monkeypatch.setattr(open_model, "load", lambda: model)
    monkeypatch.setattr(open_model, "load_tokenizer", Letters)
    monkeypatch.setitem(RECIPE, "texts_in_a_batch", 12)
    monkeypatch.setitem(RECIPE, "at_most_tokens", 40)
    monkeypatch.setattr("openexperts.writing.SHORTEST", 9)
    monkeypatch.setattr(written, "N_VALIDATION", 5)
    return model


# Making


def test_what_is_written_down_is_what_was_drawn_from(tiny):
    """Prompts of many lengths in one batch, rows that end early, a cache: equal to one text after the other without."""
    prompts = [Letters()(text).input_ids for text in ("Once", "A", "What is a bell for?", "no", "tell me", "cat, dog")]
    tiny.set_attn_implementation("grouped")
    ends = sentence_ends(Letters(), len(ALPHABET))
    texts = write(tiny, prompts, 3, ends, lambda: None)
    tiny.set_attn_implementation("eager")
    assert len({len(text[0]) for text in texts}) > 2 and sum(len(text[0]) for text in texts) > 60
    for prompt, (tokens, top_tokens, top_shares, _) in zip(prompts, texts, strict=True):
        with torch.no_grad():
            logits = tiny(torch.tensor([prompt + tokens.tolist()])).logits[0, len(prompt) - 1 : -1]
        expected_tokens, expected = nucleus(logits, RECIPE["temperature"], RECIPE["top_p"])
        assert torch.allclose(top_shares, expected[:, :TOP_K], atol=1e-4)  # noise 1e-6
        assert torch.equal(top_tokens[top_shares > 0], expected_tokens[:, :TOP_K][top_shares > 0])


def test_texts_end_with_a_whole_sentence_or_where_the_model_ended_them(tiny, monkeypatch):
    monkeypatch.setitem(RECIPE, "at_most_sentences", 2)
    ends = sentence_ends(Letters(), len(ALPHABET))
    texts = write(tiny, [Letters()(text).input_ids for text in ("Once", "A", "no") * 10], 3, ends, lambda: None)
    for tokens, _, _, by_itself in texts:
        assert tiny.config.eos_token_id not in tokens and ends[tokens].sum() <= 2
        assert by_itself or not len(tokens) or ends[tokens[-1]]
    assert len({by_itself for *_, by_itself in texts}) == 2
    assert any(ends[tokens].sum() == 2 for tokens, *_ in texts)


def test_a_sentence_ends_with_its_quotation_mark_too():
    words = SimpleNamespace(batch_decode=lambda ids: [".", '."', "?)", "! \n", "word", '"', ",", "a."])
    assert sentence_ends(words, 8).tolist() == [True, True, True, True, False, False, False, True]


def test_the_nucleus_is_the_fewest_tokens_that_hold_top_p():
    logits = torch.tensor([[0.5, 0.3, 0.15, 0.05], [0.05, 0.9, 0.04, 0.01]]).log()
    tokens, share = nucleus(logits, temperature=1.0, top_p=0.9)
    assert tokens[0, :3].tolist() == [0, 1, 2] and tokens[1, 0] == 1
    expected = torch.tensor([[0.5, 0.3, 0.15, 0.0], [0.9, 0.0, 0.0, 0.0]])
    assert torch.allclose(share, expected / expected.sum(1, keepdim=True), atol=1e-6)
    _, colder = nucleus(logits, temperature=0.5, top_p=1.0)
    assert torch.allclose(colder[0], torch.tensor([0.25, 0.09, 0.0225, 0.0025]) / 0.365, atol=1e-6)


def arrays(folder):
    with np.load(folder / "written.npz") as saved:
        return {name: saved[name] for name in saved.files}


def test_a_run_that_was_killed_goes_on_without_loss_or_doubles(tiny, tmp_path, monkeypatch):
    make(tmp_path / "whole", 3)
    expected = arrays(tmp_path / "whole")
    assert len(expected["ids"]) > 100
    steps = 0

    def killed(model, tokenizer, number, file, on_token):
        def count():
            nonlocal steps
            steps += 1
            if steps in (7, 60):  # in the first batch, then in the second or third
                file.with_suffix(".unfinished").write_bytes(b"half a file")
                raise KeyboardInterrupt

        write_batch(model, tokenizer, number, file, count)

    monkeypatch.setattr("openexperts.writing.write_batch", killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            make(tmp_path / "parts", 3)
    make(tmp_path / "parts", 3)
    seen = arrays(tmp_path / "parts")
    assert seen.keys() == expected.keys()
    assert all(np.array_equal(seen[name], expected[name]) for name in expected)
    before = steps
    make(tmp_path / "parts", 3)
    assert steps == before, "what is there is not written again"


def test_the_command_says_what_it_did(tiny, tmp_path, capsys, monkeypatch):
    assert cli.main(["corpus", "make", "--batches", "1", "--to", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    counts = written.load(tmp_path).record
    assert f"Written: {counts['written']['texts']} texts" in said and "(goes in circles)" in said
    assert f"Kept: {counts['kept']['texts']} texts" in said and str(tmp_path / "written.npz") in said

    def missing():
        raise open_model.OpenModelError("it is not here.")

    monkeypatch.setattr(open_model, "load", missing)
    assert cli.main(["corpus", "make", "--to", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "openexperts: The open model: it is not here.\n"


def test_another_recipe_takes_no_batch_of_this_one(tiny, tmp_path, monkeypatch):
    make(tmp_path, 1)
    monkeypatch.setitem(RECIPE, "temperature", 1.4)
    before = arrays(tmp_path)["ids"]
    make(tmp_path, 1)
    assert not np.array_equal(arrays(tmp_path)["ids"], before)
    assert len(list(tmp_path.glob("batches-*"))) == 2


def text_of(tokens):
    tokens = np.array(tokens, dtype=np.int32)
    return Text(0, tokens, np.zeros((len(tokens), TOP_K)), np.zeros((len(tokens), TOP_K)))


def test_the_filters_throw_out_what_they_should_and_nothing_else():
    good, other = list(range(100, 140)), list(range(200, 230))
    circles = [1, 2, 3, 4, 5] * 8
    refrain = list(range(500, 520)) + [7, 8, 9, 10] + other[:10] + [7, 8, 9, 10]  # one line twice is no circle
    echo = good[:30] + list(range(300, 320))
    after = list(range(300, 320))  # stands in a text that was thrown out, and in no other
    quote = other[:12] + list(range(400, 440))  # 5 of 45 runs of 8
    texts = [text_of(tokens) for tokens in (good, circles, refrain, good, [1, 2, 3], echo, other, quote, after)]
    kept, thrown_out = sift(texts)
    assert [text.tokens.tolist() for text in kept] == [good, refrain, other, quote, after]
    assert thrown_out == {"too short": 1, "goes in circles": 1, "repeats others": 2}


def test_a_trimmed_vocabulary_keeps_the_frequent_tokens_and_the_teachers_mass(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("openexperts.writing.VOCABULARY", 40)
    record = make(tmp_path, 2)
    corpus = written.load(tmp_path)
    files = sorted(next(tmp_path.glob("batches-*")).glob("*.npz"))
    kept, _ = sift(read_batches(files)[0])
    by_itself = [flag for file in files for flag in np.load(file)["by_itself"]]
    assert record["written"]["by itself"] == sum(by_itself) and len(set(by_itself)) == 2
    assert len(kept) == len(corpus.starts) == record["kept"]["texts"]
    counts = np.bincount(np.concatenate([text.tokens for text in kept]), minlength=len(ALPHABET))
    in_vocabulary = set(corpus.open_model_ids[N_SPECIAL:].tolist())
    rest = [token for token in range(len(ALPHABET)) if token not in in_vocabulary]
    assert len(corpus.vocabulary) == 40 and min(counts[list(in_vocabulary)]) >= max(counts[rest])
    for index, text in enumerate(kept):
        ids = corpus.text(index)
        for token, mine in zip(text.tokens, ids, strict=True):
            assert corpus.open_model_ids[mine] == token if token in in_vocabulary else mine == UNKNOWN
        start = corpus.starts[index] + 1
        seen = corpus.top_shares[start : start + len(ids)]
        assert np.allclose(seen.sum(1), text.top_shares.sum(1), atol=0.02)


def test_probabilities_survive_as_bytes():
    random = np.random.default_rng(0)
    exact = np.sort(random.dirichlet([0.3] * 12, size=500))[:, ::-1]
    exact[:250, 5:] = 0
    exact[:250] /= exact[:250].sum(1, keepdims=True)
    seen = shares(levels(exact[:, :TOP_K]))
    large = exact[:, :TOP_K] > 0.01
    assert np.abs(seen[large] / exact[:, :TOP_K][large] - 1).max() < 0.05
    tail = large & (seen.sum(1, keepdims=True) < 0.99)  # not scaled: half of a level is 1.6 %
    assert tail.sum() > 100 and np.abs(seen[tail] / exact[:, :TOP_K][tail] - 1).max() < 0.0161
    assert np.abs(seen[:250].sum(1) - 1).max() < 1e-5 and seen.sum(1).max() < 1 + 1e-5
    assert (levels(np.zeros((1, 3))) == ABSENT).all()


def test_prompts_differ_and_stay_what_they_were():
    prompts = [draw_prompt(RECIPE["prompts"], number) for number in range(2000)]
    assert len(set(prompts)) > 1300
    assert not [prompt for prompt in prompts if re.search(r"[{}]|\b(?:a|an) (?:a|an)\b", prompt)]
    twice = [
        (word, prompt)
        for prompt in prompts
        for word in RECIPE["prompts"]["person"] + RECIPE["prompts"]["animal"]
        if len(re.findall(rf"\b{word}\b", prompt, re.IGNORECASE)) > 1
    ]
    assert not twice
    assert prompts[:100] == [draw_prompt(RECIPE["prompts"], number) for number in range(100)]


# What was shipped


@pytest.fixture(scope="module")
def corpus():
    return written.load()


def test_the_corpus_is_small_and_its_card_and_record_say_what_is_in_it(corpus):
    assert (DATA / "written.npz").stat().st_size < 4e6
    kept, card = corpus.record["kept"], (DATA / "written.md").read_text()
    counted = {
        "texts": len(corpus.starts),
        "tokens": len(corpus.ids) - len(corpus.starts),
        "vocabulary": len(corpus.vocabulary),
    }
    assert len(corpus.ids) == len(corpus.top_ids) == len(corpus.top_shares)
    assert {name: kept[name] for name in counted} == counted
    removed = corpus.record["thrown out"]
    assert corpus.record["written"]["texts"] == kept["texts"] + sum(removed.values())
    for number in (*counted.values(), *removed.values(), *corpus.record["written"].values()):
        assert f"{number:,}" in card, number
    assert corpus.record["recipe"] == RECIPE, "the recipe was changed: make the corpus anew, or keep the recipe"


def test_every_place_is_predicted_once_and_validation_is_apart(corpus):
    training, validation = corpus.documents("training", 64), corpus.documents("validation", 64)
    for documents in (training, validation):
        targets = documents[:, 1:].flatten()
        assert torch.equal(targets, torch.arange(targets[0], targets[0] + len(targets)))
    assert validation.max() < corpus.starts[N_VALIDATION] <= training.min()
    assert len(corpus.ids) - training.max() <= 64


def test_what_was_drawn_is_nearly_always_among_the_teachers_best(corpus):
    among = (corpus.top_ids == corpus.ids[:, None]) & (corpus.top_shares > 0)
    assert among.any(1).float().mean() > 0.95
    assert torch.equal(corpus.top_ids[corpus.starts[:50], 0], torch.full((50,), BEGIN))


@torch.no_grad()
def test_shipped_texts_and_distributions_are_the_open_models():
    corpus, model, tokenizer = written.load(), open_model.load(), open_model.load_tokenizer()
    whole = [i for i in range(120) if (corpus.text(i) != UNKNOWN).all()]
    for index in whole[:3] + whole[-2:]:
        ids = corpus.text(index)
        tokens = corpus.open_model_ids[ids]
        assert corpus.read(ids) == tokenizer.decode(tokens)
        prompt = tokenizer(RECIPE["chat"].format(prompt=corpus.prompt(index))).input_ids
        logits = model(torch.tensor([prompt + tokens.tolist()])).logits[0, len(prompt) - 1 : -1]
        best, expected = nucleus(logits, RECIPE["temperature"], RECIPE["top_p"])
        start = corpus.starts[index] + 1
        seen_ids, seen = (table[start : start + len(ids)] for table in (corpus.top_ids, corpus.top_shares))
        # A byte keeps a probability to 1.6 %; at the border of the nucleus a token may be in or out by rounding.
        near = torch.isclose(seen, expected[:, :TOP_K], rtol=0.04, atol=2e-3).all(1)
        assert near.float().mean() > 0.97
        known = (seen_ids != UNKNOWN) & (seen > 0.02) & near[:, None]
        assert (corpus.open_model_ids[seen_ids] == best[:, :TOP_K])[known].float().mean() > 0.99
