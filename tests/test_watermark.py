"""The watermark's lottery on every machine alike, its writer, and the cached texts."""

import json
from types import SimpleNamespace

import pytest
import torch

from openexperts import open_model, watermark


def in_python(previous, candidate, key):
    """The lottery in Python's own whole numbers."""
    state = 0
    for part in (key, previous, candidate):
        state ^= part
        for _ in range(2):
            state = ((state ^ (state >> 16)) * 0x45D9F3B) % 2**32
        state ^= state >> 16
    return state / 2**32


def test_the_lottery_is_the_same_in_whole_numbers_of_python():
    previous, candidates = torch.tensor([0, 7, 49151])[:, None], torch.tensor([0, 1, 2, 49151])
    expected = [[in_python(before, token, 3) for token in candidates.tolist()] for before in (0, 7, 49151)]
    assert watermark.lottery(previous, candidates, 3).tolist() == expected
    assert previous.flatten().tolist() == [0, 7, 49151], "its inputs stay as they are"


def test_green_is_a_quarter_whatever_the_key_and_the_token_before():
    candidates = torch.arange(49152)
    for key in (0, 1, watermark.KEY):
        for before in (0, 1, 1000):
            share = (watermark.lottery(torch.tensor(before), candidates, key) < watermark.GAMMA).double().mean()
            assert abs(share - watermark.GAMMA) < 5 * (0.25 * 0.75 / 49152) ** 0.5
    pairs = watermark.hits(candidates.repeat(2), 1)[: len(candidates) - 1]
    assert torch.equal(pairs, watermark.hits(candidates, 1)) and abs(pairs.double().mean() - 0.25) < 0.01


def test_the_writer_lifts_green_tokens_after_the_temperature_and_never_ends():
    class Model(torch.nn.Module):
        config = SimpleNamespace(eos_token_id=2)

        def forward(self, input_ids):
            return SimpleNamespace(logits=torch.linspace(-1, 1, 40).expand(2, 3, 40).clone())

    writer = watermark.Watermarked(Model(), [1.0, 0.5], [0.0, 3.0])
    ids = torch.tensor([[1, 2, 3], [1, 2, 9]])
    logits = writer(input_ids=ids).logits[:, -1]
    green = torch.tensor([in_python(9, token, watermark.KEY) < watermark.GAMMA for token in range(40)])
    expected = torch.stack([torch.linspace(-1, 1, 40), torch.linspace(-1, 1, 40) / 0.5 + 3 * green])
    expected[:, 2] = float("-inf")
    assert torch.allclose(logits, expected)


def test_cached_texts_are_of_one_length_and_say_who_wrote_them():
    machine, people = watermark.load("machine"), watermark.load("people")
    assert machine.ids.shape == (len(machine.about), watermark.N_TOKENS)
    assert people.ids.shape == (len(people.about), watermark.N_TOKENS // 2)
    for texts in (machine, people):
        assert texts.nats.shape == (len(texts.ids), watermark.N_TOKENS // 2 - 1)
        assert texts.nats.isfinite().all()
    settings = {(about["temperature"], about["delta"]) for about in machine.about}
    prompts = {about["prompt"] for about in machine.about}
    for temperature, delta in settings:  # the same prompts in each seed, or seeds could not be compared
        for seed in range(3):
            rows = machine.pick(temperature=temperature, delta=delta, seed=seed)
            assert {machine.about[row]["prompt"] for row in rows} == prompts and len(rows) == len(prompts)
    assert len(machine.about) == 3 * len(settings) * len(prompts)
    assert all({"kind", "author", "work", "year"} <= set(about) for about in people.about)
    with pytest.raises(ValueError, match="no cached text has"):
        machine.pick(delta=17)


def test_marked_texts_carry_the_mark_and_others_do_not():
    machine = watermark.load("machine")
    share = {delta: watermark.hits(machine.ids[machine.pick(delta=delta)]).double().mean() for delta in (0, 2, 4)}
    assert abs(share[0] - watermark.GAMMA) < 0.05 and share[2] > 0.4 and share[4] > share[2]


def test_the_cache_agrees_with_the_model():
    model = open_model.load()
    for texts in (watermark.load("people"), watermark.load("machine")):
        rows = torch.tensor([0, len(texts.ids) // 2, len(texts.ids) - 1])  # a score of another text would differ
        nats = watermark.surprise(model, texts.ids[rows, :40])
        assert torch.allclose(nats, texts.nats[rows, :39], atol=0.02)  # kept as 16-bit floats, right to 0.004 at 8 nats


def test_the_record_says_how_the_texts_were_made():
    file = watermark.files("openexperts") / "data" / "fluent.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    assert record["watermark"] == {"gamma": watermark.GAMMA, "key": watermark.KEY}
    assert {"model", "versions", "made", "recipe"} <= set(record)
