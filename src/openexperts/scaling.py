"""The runs from which lesson 05 predicts a larger one: four widths, three amounts of text, and one that is held out.

Each run is a training of its own, from its first step to the end of its cosine: an earlier step of a longer run has a
higher learning rate, and so another loss than a run that ends there. With three seeds this takes some minutes, so the
results come with the course; `tools/scaling.py` makes them anew.
"""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from openexperts.configs import build, size, tiny_deepseek
from openexperts.corpora import Domains
from openexperts.training import Result, Run, Settings, train_all

SHIPPED = Path(__file__).parent / "data" / "scaling.json"
WIDTHS, STEPS = (16, 24, 32, 48), (90, 130, 190)
HELD_OUT = (64, 280)  # wider and longer than all others
PLACES = 4  # of the language's 32, so that even the smallest gets somewhere


def run(width: int, steps: int, seed: int) -> Run:
    """One training: one layer, `width` wide, for so many steps of 32 documents."""
    language = Domains()
    return Run(
        f"width {width}, {steps} steps",
        seed,
        model=partial(build, tiny_deepseek(hidden_size=width), seed),
        documents=partial(language.documents, steps * 32, seed + 1, PLACES),
        validation=partial(language.documents, 256, 1_000_000, PLACES),
        settings=Settings(steps=steps, warm_up=30, last_share=0.1, evaluate_every=steps),
    )


def row(result: Result) -> dict[str, float]:
    """What a fit needs of a run: its seed, active parameters, words read, and loss at the end."""
    settings = result.run.settings
    return {
        "seed": result.run.seed,
        "active": size(result.model()).active,
        "words": settings.steps * settings.batch_size * (Domains.length - 1),
        "loss": result.history.loss[-1],
    }


def compute(seeds: Sequence[int]) -> list[dict[str, float]]:
    """A row for each run of each seed; the held-out ones come first."""
    sizes = [HELD_OUT, *((width, steps) for steps in reversed(STEPS) for width in reversed(WIDTHS))]
    return [row(result) for result in train_all([run(*one, seed) for one in sizes for seed in seeds])]


def shipped() -> list[dict[str, float]]:
    """The rows of three seeds that come with the course."""
    return json.loads(SHIPPED.read_text())
