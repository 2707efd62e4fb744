"""One training loop for the course's small language models, and a way to run several trainings at once.

`train` trains one model in this process. `train_all` trains a list of `Run`s in worker processes, each with one thread,
so that their processor-seconds can be compared. Experts are kept equally busy by a correction bias, which transformers
never changes by itself, by an auxiliary loss, by both or by neither: `Settings` says how (V3 report, arXiv 2412.19437,
section 2.1.2), and `History.load` who did the work.
"""

import contextlib
import math
import multiprocessing
import os
import queue
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
import transformers
from torch import Tensor, nn
from tqdm import tqdm

from openexperts import cost
from openexperts.configs import routers


@dataclass(frozen=True)
class Settings:
    """How to train. AdamW, betas (.9, .95), gradients clipped to norm 1."""

    steps: int = 500
    batch_size: int = 32
    learning_rate: float = 1e-2
    warm_up: int = 50  # steps over which the learning rate rises to its peak
    last_share: float = 1.0  # the rate falls along a cosine to this share of the peak; 1 keeps it
    weight_decay: float = 0.1
    bias_speed: float = 1e-3  # how far a router's correction bias moves in a step; 0 leaves it alone
    auxiliary: float = 0.0  # how much of the auxiliary balance loss is added, for each layer
    evaluate_every: int = 50

    def __post_init__(self):
        for name in ("steps", "batch_size", "evaluate_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it is a whole number from 1 on")

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        rising = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        falling = self.last_share + (1 - self.last_share) * 0.5 * (1 + math.cos(math.pi * step / self.steps))
        return self.learning_rate * rising * falling


@dataclass
class History:
    """What was seen on the way, an entry for each evaluation: loss in nats a token, processor-seconds of training."""

    step: list[int] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    # After each step of training: for each layer with experts, how many of the batch's tokens each expert got.
    load: list[list[list[int]]] = field(default_factory=list)

    def at_step(self, step: int) -> float:
        """The validation loss at a step, between two evaluations by a straight line."""
        return _between(self.step, self.loss, step)

    def at_seconds(self, seconds: float) -> float:
        """The validation loss after so many processor-seconds of training, likewise."""
        return _between(self.seconds, self.loss, seconds)


def _between(places: Sequence[float], values: Sequence[float], place: float) -> float:
    if not places[0] <= place <= places[-1]:
        raise ValueError(f"asked for {place:.4g}, but this run goes from {places[0]:.4g} to {places[-1]:.4g}")
    right = next(i for i, here in enumerate(places) if here >= place)
    if places[right] == place:
        return values[right]
    share = (place - places[right - 1]) / (places[right] - places[right - 1])
    return values[right - 1] + share * (values[right] - values[right - 1])


class _Balance:
    """Counts what a model's routers choose in training, and keeps the choices even. A frozen router stays as it is."""

    def __init__(self, model: nn.Module, settings: Settings):
        self.settings, self.routers = settings, routers(model)
        self.counts = [torch.zeros_like(router.e_score_correction_bias) for router in self.routers]
        self.unevenness: Tensor | float = 0.0
        self.hooks = [
            # Later hooks see what earlier ones return, so this counts the choice that is really used.
            router.register_forward_hook(partial(self._see, counts))
            for router, counts in zip(self.routers, self.counts, strict=True)
        ]

    def _see(self, counts: Tensor, router: nn.Module, _, output: tuple[Tensor, Tensor, Tensor]) -> None:
        if not torch.is_grad_enabled():  # evaluation, not training
            return
        logits, _, chosen = output
        tokens = torch.bincount(chosen.flatten(), minlength=len(counts))
        counts += tokens
        if self.settings.auxiliary and router.weight.requires_grad:
            scores = logits.sigmoid()
            claimed = (scores / scores.sum(-1, keepdim=True)).mean(0)
            self.unevenness = self.unevenness + len(counts) * (tokens / tokens.sum()) @ claimed

    def penalty(self) -> Tensor | float:
        """What the last forward pass adds to the loss."""
        unevenness, self.unevenness = self.unevenness, 0.0
        return self.settings.auxiliary * unevenness

    @torch.no_grad()
    def step(self) -> list[list[int]]:
        """Move the biases up for experts with too few tokens and down for those with too many. Returns the load."""
        load = [counts.long().tolist() for counts in self.counts]
        for counts, router in zip(self.counts, self.routers, strict=True):
            if router.weight.requires_grad:
                router.e_score_correction_bias += self.settings.bias_speed * (counts.mean() - counts).sign()
            counts.zero_()
        return load

    def close(self) -> None:
        for hook in self.hooks:
            hook.remove()


def next_token_loss(model: nn.Module, documents: Tensor) -> Tensor:
    """The mean cross-entropy, in nats, of each token given those before it."""
    logits = model(input_ids=documents[:, :-1]).logits
    return F.cross_entropy(logits.flatten(0, 1).float(), documents[:, 1:].flatten())


@torch.no_grad()
def evaluate(model: nn.Module, documents: Tensor) -> float:
    """The loss on `documents`, without training."""
    was_training = model.training
    model.eval()
    loss = next_token_loss(model, documents).item()
    model.train(was_training)
    return loss


def train(
    model: nn.Module,
    documents: Tensor,
    validation: Tensor,
    settings: Settings,
    on_step: Callable[[], None] | None = None,
    loss_of: Callable[[nn.Module, Tensor], Tensor] = next_token_loss,
    name: str = "",
) -> History:
    """Train `model` on `documents`, each seen once, in their order, and evaluate it on `validation`.

    `loss_of(model, batch)` is what is trained; the loss on `validation` is always that of the next token. Raises
    ValueError if the documents do not last, and FloatingPointError if the loss is no longer a number. Without
    `on_step`, which is called after each step, a progress bar is shown. What it cost goes to the ledger, as `name`.
    """
    if len(documents) < settings.steps * settings.batch_size:
        needed = settings.steps * settings.batch_size
        raise ValueError(
            f"{settings.steps} steps of {settings.batch_size} need {needed} documents, not {len(documents)}"
        )
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, betas=(0.9, 0.95), weight_decay=settings.weight_decay, fused=True)
    history = History([0], [evaluate(model, validation)], [0.0])
    first, length = documents[: settings.batch_size], documents.shape[1] - 1
    meter = cost.Meter("training", name, model, length, length * len(first), lambda: loss_of(model, first))
    spent = 0.0
    steps = range(settings.steps)
    with contextlib.closing(_Balance(model, settings)) as balance:
        for step in steps if on_step else tqdm(steps, desc="training", unit="step", file=sys.stdout):
            start = time.process_time()  # the processor's time: another program beside this one does not count
            for group in optimizer.param_groups:
                group["lr"] = settings.rate(step)
            batch = documents[step * settings.batch_size : (step + 1) * settings.batch_size]
            loss = loss_of(model, batch) + balance.penalty()
            if not loss.isfinite():
                raise FloatingPointError(f"the loss is {loss.item()} at step {step}: try a lower learning rate")
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            load = balance.step()
            spent += time.process_time() - start
            history.load.append(load)
            if (step + 1) % settings.evaluate_every == 0 or step + 1 == settings.steps:
                history.step.append(step + 1)
                history.loss.append(evaluate(model, validation))
                history.seconds.append(spent)
            meter.note(step + 1, done=step + 1 == settings.steps, loss=history.loss[-1])
            if on_step:
                on_step()
    return history


@dataclass(frozen=True)
class Run:
    """One training. The callables run in the worker, so they must be importable: `partial(build, config, seed=0)`."""

    name: str
    seed: int
    model: Callable[[], nn.Module]
    documents: Callable[[], Tensor]
    validation: Callable[[], Tensor]
    settings: Settings
    loss_of: Callable[[nn.Module, Tensor], Tensor] = next_token_loss


@dataclass
class Result:
    """A run's history, and the trained weights."""

    run: Run
    history: History
    weights: dict

    def model(self) -> nn.Module:
        """The trained model."""
        model = self.run.model()
        model.load_state_dict({name: torch.from_numpy(array) for name, array in self.weights.items()})
        return model.eval()


class Interrupted(Exception):
    """Told to a worker that nobody waits for it any more."""


def _start_worker(ticks, stop) -> None:
    global _ticks, _stop
    _ticks, _stop = ticks, stop
    torch.set_num_threads(1)
    transformers.utils.logging.set_verbosity_error()


def _tick() -> None:
    if _stop.is_set():
        raise Interrupted
    _ticks.put(1)


def _run(run: Run, on_step: Callable[[], None]) -> Result:
    model = run.model()
    history = train(
        model, run.documents(), run.validation(), run.settings, on_step, run.loss_of, f"{run.name}, seed {run.seed}"
    )
    # As numpy, because a tensor would come through shared memory, which goes when the worker does.
    return Result(run, history, {name: tensor.numpy() for name, tensor in model.state_dict().items()})


def _in_worker(task: Callable[[Callable[[], None]], Any]) -> Any:
    return task(_tick)


def train_all(runs: Sequence[Run], workers: int = 0) -> list[Result]:
    """Train every run, `workers` at a time, and give them back in order; see `in_workers`."""
    return in_workers([partial(_run, run) for run in runs], sum(run.settings.steps for run in runs), workers)


def in_workers(tasks: Sequence[Callable[[Callable[[], None]], Any]], steps: int, workers: int = 0) -> list:
    """Do every task, `workers` at a time (0: two, or one where there is one core); what they return, in order.

    A task is an importable function, often a `partial`, that is called with `on_step` and calls it after each of its
    steps; `steps` is how many these are in all tasks together, for the progress bar. The workers start afresh
    ("spawn"), which works alike on Linux, macOS and Windows and inside a notebook. Give the longest tasks first: the
    last one to start should be short.
    """
    workers = workers or min(2, os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")
    ticks, stop = context.Queue(), context.Event()
    with (
        tqdm(total=steps, desc="starting the workers", unit="step", file=sys.stdout) as bar,
        ProcessPoolExecutor(workers, context, _start_worker, (ticks, stop)) as pool,
    ):
        futures = [pool.submit(_in_worker, task) for task in tasks]
        waiting = set(futures)
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                steps = _drain(ticks)
                if steps or done:
                    bar.set_description("training", refresh=False)
                bar.update(steps)
                for future in done:
                    future.result()  # raises here what was raised there
            bar.update(_drain(ticks))
        except BrokenProcessPool:
            raise RuntimeError(
                "a training process ended early, most often for want of memory: close other programs and run this "
                "cell again, or do one at a time with workers=1"
            ) from None
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    return [future.result() for future in futures]


def _drain(ticks) -> int:
    count = 0
    while True:
        try:
            ticks.get_nowait()
        except queue.Empty:
            return count
        count += 1
