"""A watermark in the choice of words, after Kirchenbauer et al. 2023 (arXiv 2301.10226), and texts to look for it in.

The token before, a secret key and a candidate token are hashed to a number between 0 and 1 (`lottery`). Candidates
below `GAMMA` are green. Whoever writes with the key makes green tokens likelier (`Watermarked`); whoever has the key
counts them (`hits`). No model is needed to count.

`load` reads the cached texts (`data/fluent.npz`, `data/fluent.json`; `data/fluent.md` is their data card): what the
open model wrote with and without the watermark, and passages that people wrote before there were language models.
`tools/fluent.py` made them.
"""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor, nn

GAMMA = 0.25  # the share of the vocabulary that is green
KEY = 17
N_TOKENS = 200  # of a text that the open model wrote; people's passages have half as many


def lottery(previous: Tensor, candidate: Tensor, key: int = KEY) -> Tensor:
    """A number from 0 up to 1 for each pair of a token and a candidate that may follow it.

    It looks random and never changes. The two broadcast. It is the same on every machine: whole numbers of 32 bits.
    """
    drawn = _stir(_stir(_stir(torch.tensor(key)) ^ previous) ^ candidate)
    return drawn.double() / 2**32


def _stir(number: Tensor) -> Tensor:
    """Mix the bits of whole numbers below 2**32, so that near ones land far apart."""
    number = number.clone()
    for _ in range(2):  # in place: a batch's whole vocabulary is many megabytes
        number.bitwise_xor_(number >> 16).mul_(0x45D9F3B).bitwise_and_(0xFFFFFFFF)
    return number.bitwise_xor_(number >> 16)


def hits(ids: Tensor, key: int = KEY) -> Tensor:
    """Of [..., tokens], which of them are green after their predecessor: [..., tokens - 1], the first has none."""
    return lottery(ids[..., :-1], ids[..., 1:], key) < GAMMA


class Watermarked(nn.Module):
    """`model`, writing with the watermark: after the temperature, green logits are higher by delta.

    Each text of the batch has its own temperature and delta (0: no watermark). None may end by itself, so that all have
    one length. To be sampled at temperature 1: the division is done here.
    """

    def __init__(self, model: nn.Module, temperatures: Sequence[float], deltas: Sequence[float]):
        super().__init__()
        self.model, self.config = model, model.config
        self.temperatures, self.deltas = torch.tensor(temperatures)[:, None], torch.tensor(deltas)[:, None]

    def forward(self, input_ids: Tensor, **rest) -> SimpleNamespace:
        logits = self.model(input_ids=input_ids, **rest).logits[:, -1]
        green = lottery(input_ids[:, -1:], torch.arange(logits.shape[-1])) < GAMMA
        logits = logits / self.temperatures + self.deltas * green
        logits[:, self.config.eos_token_id] = float("-inf")
        return SimpleNamespace(logits=logits[:, None])


@torch.no_grad()
def surprise(model: nn.Module, ids: Tensor) -> Tensor:
    """How surprised the model is by each token but the first, in nats: [texts, tokens] to [texts, tokens - 1].

    It sees the text alone and no prompt, as a detector does.
    """
    logits = model(input_ids=ids).logits[:, :-1]
    return nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none").view_as(ids[:, 1:])


@dataclass(frozen=True)
class Texts:
    """The cached texts of one kind of writer. `about[i]` says who wrote row i, and how."""

    about: list[dict]
    ids: Tensor  # [texts, tokens] the open model's token ids
    nats: Tensor  # [texts, 99] `surprise` at tokens 2 to 100

    def pick(self, **facts) -> Tensor:
        """The rows of which all these facts are true: pick(temperature=1.0, delta=2, seed=0)."""
        rows = [row for row, about in enumerate(self.about) if facts.items() <= about.items()]
        if not rows:
            raise ValueError(f"no cached text has {facts}; the first one is {self.about[0]}")
        return torch.tensor(rows)


@functools.cache
def load(writers: str) -> Texts:
    """The texts of "machine", the open model, `N_TOKENS` each; or of "people", half as long."""
    place = files("openexperts") / "data"
    about = json.loads((place / "fluent.json").read_text(encoding="utf-8"))[writers]
    with (place / "fluent.npz").open("rb") as stream, np.load(stream) as arrays:
        ids, nats = arrays[f"{writers}_ids"].astype(np.int64), arrays[f"{writers}_nats"].astype(np.float32)
    return Texts(about, torch.from_numpy(ids), torch.from_numpy(nats))
