"""Do the rich get richer? Lesson 03's test of that story: experts that are favoured for some steps, drawn by lot.

For the first steps of a training half of the experts, the lucky ones, get something on top of their scores, for the
choice only. Then this is taken back, and what remains of their larger load must have been learnt. Each seed has two
trainings, and in the second the other half is lucky, so that in the mean of the two it does not matter what an expert
is by birth. With nine seeds and a control this takes some minutes, so the loads come with the course;
`tools/head_start.py` makes them anew.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch

from openexperts.configs import build, routers, tiny_deepseek
from openexperts.corpora import Domains
from openexperts.training import Settings, in_workers, train

SHIPPED = Path(__file__).parent / "data" / "head-start.json"
GIFT = 0.05  # on top of a score between 0 and 1
UNTIL, STEPS, WINDOW = 40, 160, 20  # the gift is taken back after UNTIL steps; loads are means of WINDOW steps
ROUTERS = ("learned", "frozen")


def lot(router: str, seed: int, half: int, on_step: Callable[[], None] = lambda: None) -> dict:
    """One training: how many times their fair share the lucky half of the experts got, a number for each window."""
    config = tiny_deepseek(n_routed_experts=48, moe_intermediate_size=16)  # lesson 03's
    drawn = torch.randperm(config.n_routed_experts, generator=torch.Generator().manual_seed(seed))
    lucky = drawn.chunk(2)[half]
    model, steps = build(config, seed, router), iter(range(1, STEPS + 1))
    bias = routers(model)[0].e_score_correction_bias
    bias[lucky] += GIFT

    def after_step() -> None:
        if next(steps) == UNTIL:
            bias.zero_()
        on_step()

    language, settings = Domains(), Settings(steps=STEPS, evaluate_every=STEPS, bias_speed=0.0)
    documents, validation = language.documents(STEPS * 32, seed + 1), language.documents(32, 1_000_000)
    load = torch.tensor(train(model, documents, validation, settings, after_step).load)[:, 0].float()
    share = 2 * load[:, lucky].sum(1) / load.sum(1)
    return {"router": router, "seed": seed, "half": half, "load": share.view(-1, WINDOW).mean(1).tolist()}


def compute(seeds: Sequence[int]) -> list[dict]:
    """A row for each router, seed and half."""
    tasks = [partial(lot, router, seed, half) for router in ROUTERS for seed in seeds for half in (0, 1)]
    return in_workers(tasks, len(tasks) * STEPS)


def shipped() -> list[dict]:
    """The rows of nine seeds that come with the course."""
    return json.loads(SHIPPED.read_text())
