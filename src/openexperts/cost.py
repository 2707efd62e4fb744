"""What runs cost: the ledger, and what a notebook has used so far.

Every training of the course leaves a line in the learner's ledger, `my-models/ledger.jsonl`: operations by formula and
by counter, bytes moved, peak of memory, seconds, processor-seconds, joules and dollars. The file is plain JSON lines.
A run writes when it begins, every few seconds, and when it is done, so that a run that is killed is in the books too.

Operations by formula: forward, two for each weight that a token passes and each token, and 2 L T H (d_qk + d_v) for
its looks at a text of T tokens; backward, twice as many (Kaplan et al. 2020, arXiv 2001.08361, section 2.1). Joules are
processor-seconds times the watts in a table of prices (`prices`), and, where `codecarbon` is switched on, codecarbon's
estimate beside it. Neither is measured: few machines let a program read their meter.
"""

import contextlib
import errno
import importlib.resources
import json
import logging
import math
import os
import re
import sys
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import psutil

PLACE = "OPENEXPERTS_LEDGER"  # an environment variable: another file for the ledger; empty for none
PAUSE = 5.0  # seconds between two lines of a run that goes on
# A line's numbers: those that every run has, and those that one may lack.
NUMBERS = ("parameters", "active", "steps", "tokens", "flops_formula", "peak_bytes", "seconds", "processor_seconds")
NUMBERS += ("joules", "dollars")
OPTIONAL = ("flops_counted", "bytes_moved", "joules_codecarbon", "of_that_processor")


@dataclass(frozen=True)
class Cost:
    """`cpu_seconds`: of this process and of its children that have ended. `peak_bytes`: the largest of them."""

    cpu_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        return f"{self.cpu_seconds:.0f} processor-seconds, {self.peak_bytes / 1e9:.2f} GB of memory at the peak"


def so_far() -> Cost:
    """What this process, a notebook's kernel most often, has used since it started.

    Processor-seconds and not seconds on the clock: reading, thinking and another program beside it do not count.
    """
    times = psutil.Process().cpu_times()
    seconds = times.user + times.system + getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
    if sys.platform == "win32":
        return Cost(seconds, psutil.Process().memory_info().peak_wset)
    import resource  # POSIX only

    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts in bytes, Linux in KiB
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    status = Path("/proc/self/status")
    if status.exists():  # Linux's ru_maxrss starts at what the process that started this one had; VmHWM at nothing
        own = int(re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)[1])
    return Cost(seconds, max(own, children) * unit)


# ------------------------------------------------------------------------------------------------------------- prices


def ledger() -> Path | None:
    """The learner's ledger, whether it exists yet or not; None where no course is around."""
    if PLACE in os.environ:
        return Path(os.environ[PLACE]).resolve() if os.environ[PLACE] else None
    from openexperts.grading.course import CourseError, find_root

    try:
        return find_root() / "my-models" / "ledger.jsonl"
    except CourseError:
        return None


def prices() -> dict[str, dict]:
    """The table of prices: a learner's own, `prices.json` beside the ledger, or else the one that the course ships.

    Each entry has a `value`, a `low` one, a `unit`, and a `source`, `date` and `scope`. Raises ValueError, in words,
    for a table that cannot be used.
    """
    shipped = importlib.resources.files("openexperts") / "data" / "prices.json"
    original = json.loads(shipped.read_text(encoding="utf-8"))
    place = ledger()
    own = place.with_name("prices.json") if place else None
    if not (own and own.exists()):
        return original
    try:
        table = json.loads(own.read_text(encoding="utf-8-sig"))  # Windows' Notepad may put a mark before the text
        wrong = _wrong_price(table, original)
    except (OSError, ValueError, RecursionError) as error:
        wrong = f"it cannot be read ({error})"
    if wrong:
        raise ValueError(f"{own} is no table of prices: {wrong}. Mend it, or delete it to use the course's table again")
    return table


def _wrong_price(table, original: dict[str, dict]) -> str:
    """What is wrong with a learner's table of prices, in words; empty where nothing is."""
    if not isinstance(table, dict):
        return f"it holds no entries; it needs {', '.join(original)}"
    for name, fields in original.items():
        entry = table.get(name)
        missing = [field for field in fields if not isinstance(entry, dict) or field not in entry]
        if missing:
            return f'"{name}" has no {", ".join(missing)}'
        for field in ("value", "low"):
            if not _is_number(entry[field]) or not entry[field]:
                return f'"{field}" of "{name}" is {json.dumps(entry[field])}; it is a number above 0, without quotes'
        if entry["low"] > entry["value"]:
            return f'"low" of "{name}" is above its "value"'
        if entry["unit"] != fields["unit"]:  # the ledger multiplies and adds in this one
            return f'"unit" of "{name}" is {json.dumps(entry["unit"])}; convert the value into {fields["unit"]}'
    return ""


def _is_number(value) -> bool:
    """A number that can be added up: no NaN, no infinity, and no whole number too long for a float."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max


# --------------------------------------------------------------------------------------------------------- operations


def forward_flops(model, length: int) -> float:
    """Operations of one text of `length` tokens, forward, by formula. Biases and norms are left out."""
    from torch import nn

    from openexperts.configs import size

    heads = {id(module.weight) for module in model.modules() if isinstance(module, nn.Linear)}
    tables = {id(module.weight): module.weight for module in model.modules() if isinstance(module, nn.Embedding)}
    looked_up = sum(table.numel() for key, table in tables.items() if key not in heads)  # a head that shares it counts
    vectors = sum(tensor.numel() for tensor in model.parameters() if tensor.dim() == 1)
    matrices = 2 * length * (size(model).active - looked_up - vectors)
    config = getattr(model, "config", None)  # a model without one is taken for one that does not look back
    if config is None:
        return matrices
    width = 2 * (getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)
    if hasattr(config, "kv_lora_rank"):
        width = config.qk_nope_head_dim + config.qk_rope_head_dim + config.v_head_dim
    return matrices + config.num_hidden_layers * 2 * length**2 * config.num_attention_heads * width


def count(model, loss: Callable) -> tuple[int, int]:
    """Operations that PyTorch counts in `loss()` and its backward pass, and bytes that they read and write.

    Counted in the plain way of computing, since the counter does not see fused attention and grouped experts. Bytes
    are those of all operands, as if no cache kept any. Leaves the model, its gradients and the dice as they were.
    """
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves
    from torch.utils.flop_counter import FlopCounterMode

    from openexperts.configs import routers

    class Bytes(TorchDispatchMode):
        moved = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            if not function.is_view:  # a view moves nothing
                leaves = tree_leaves((args, kwargs, result))
                self.moved += sum(one.nbytes for one in leaves if isinstance(one, torch.Tensor))
            return result

    mixed = model if hasattr(model, "set_experts_implementation") and routers(model) else None
    before = mixed.config._experts_implementation if mixed else None
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    hooks = {module: module._forward_hooks for module in model.modules()}
    try:
        for module in hooks:  # whoever listens to the training need not hear of this
            module._forward_hooks = OrderedDict()
        if mixed:
            mixed.set_experts_implementation("eager")
        with torch.random.fork_rng(devices=[]), sdpa_kernel(SDPBackend.MATH):
            with FlopCounterMode(display=False) as flops, Bytes() as traffic:
                torch.autograd.grad(loss(), trained, allow_unused=True)
    finally:
        for module, own in hooks.items():
            module._forward_hooks = own
        if mixed:
            mixed.set_experts_implementation(before)
    return flops.get_total_flops(), traffic.moved


# --------------------------------------------------------------------------------------------------------- codecarbon

_tracker, _task = None, None  # codecarbon's, while it is switched on, and the run that it watches
_assumed: dict[str, None] = {}  # codecarbon looks at the processor once a process, and says so then only


@contextlib.contextmanager
def codecarbon() -> Iterator[list[str]]:
    """While this is open, codecarbon estimates the joules of each run of this process too; gives what it assumes.

    It looks at the machine first, which takes some seconds; so it is not switched on by itself. Offline: it asks no
    network. Of this process and those that it starts, not of the whole machine.
    """
    global _tracker, _task
    said: list[str] = []
    listener = logging.Handler(logging.INFO)
    listener.emit = lambda record: said.append(" ".join(record.getMessage().split()))
    from codecarbon import OfflineEmissionsTracker
    from codecarbon.external.logger import logger

    handlers, logger.handlers = logger.handlers, [listener]  # what it says goes to `said`, not into the notebook in red
    tracker = OfflineEmissionsTracker(
        country_iso_code="FRA",  # it must be given one; it changes grams of CO2, which we do not use, and no joule
        tracking_mode="process",
        measure_power_secs=1,
        output_methods=[],  # these three, whatever a learner's own settings for codecarbon say: they would send results
        emissions_endpoint=False,
        electricitymaps_api_token=False,
        allow_multiple_runs=True,  # else it takes over Ctrl-C
        log_level="info",
    )
    logger.handlers = [listener]  # the tracker has put its own back
    tracker.start_task("look at the machine")
    tracker.stop_task("look at the machine")
    _tracker = tracker
    marks = ("W per thread", "TDP", "Tracking Method", "CPU Model", "RAM Power :", "RAPL")
    _assumed.update(dict.fromkeys(sentence for sentence in said if any(mark in sentence for mark in marks)))
    try:
        yield list(_assumed)
    finally:
        _tracker, _task = None, None
        tracker.stop()
        logger.handlers = handlers


# --------------------------------------------------------------------------------------------------------- the ledger


class Meter:
    """The cost of one run, from here on. `note` writes it into the ledger.

    `kind` is "training", "imitation" or "reward". `tokens` is how many a step trains on, in texts of `length`.
    `loss`, where given, computes a step's loss, so that its operations can be counted once.
    """

    def __init__(self, kind: str, name: str, model, length: int, tokens: int = 0, loss: Callable | None = None):
        global _task
        from openexperts.configs import size

        self.place, self.written, self.said = ledger(), -math.inf, False
        if self.place is None:
            return
        self.prices = prices()  # once: a table that is edited while this goes on changes, or stops, the next run only
        sizes = size(model)
        trained = sum(one.nbytes for one in model.parameters() if one.requires_grad)
        flops, moved = count(model, loss) if loss else (None, None)
        # AdamW reads weight, gradient and two means and writes three of them; clipping reads the gradient twice and
        # writes it once.
        self.step = SimpleNamespace(tokens=tokens, flops=flops, bytes=moved and moved + 10 * trained)
        self.per_token = forward_flops(model, length) / length
        self.line = {"id": uuid.uuid4().hex[:12], "state": "going", "began": datetime.now(UTC).isoformat()}
        self.line |= {"kind": kind, "name": name, "model": type(model).__name__}
        self.line |= {"parameters": sizes.total, "active": sizes.active}
        if _tracker:
            if _task:  # of a run that stopped with an error
                _tracker.stop_task(_task)
            _task = self.line["id"]
            _tracker.start_task(_task)
        self.clock, self.processor = time.perf_counter(), time.process_time()
        self.note(0)

    def note(self, steps: int, done: bool = False, tokens: int | None = None, forward: int = 0, **quality: float):
        """Write what `steps` steps have cost, if they are `done` or the last line is some seconds old.

        `tokens` trained on and `forward`, those only read or written, where they are not the same in each step.
        `quality` is what came of it, such as a loss.
        """
        global _task
        if self.place is None or not done and time.perf_counter() - self.written < PAUSE:
            return
        tokens = steps * self.step.tokens if tokens is None else tokens
        seconds, table = time.process_time() - self.processor, self.prices
        line = self.line | {"state": "done" if done else "going", "steps": steps, "tokens": tokens}
        line["flops_formula"] = (3 * tokens + forward) * self.per_token
        line["flops_counted"] = None if self.step.flops is None else steps * self.step.flops
        line["bytes_moved"] = None if self.step.bytes is None else steps * self.step.bytes
        line |= {"peak_bytes": so_far().peak_bytes, "seconds": time.perf_counter() - self.clock}
        line |= {"processor_seconds": seconds, "joules": seconds * table["core_watts"]["value"]}
        line["joules_codecarbon"] = None
        if done and _tracker and _task == self.line["id"]:
            energy = _tracker.stop_task(_task)
            line["joules_codecarbon"] = energy.energy_consumed * 3.6e6  # from kWh
            line["of_that_processor"] = energy.cpu_energy * 3.6e6
            _task = None
        line["dollars"] = seconds / 3600 * table["core_hour"]["value"]
        line["priced"] = {name: [table[name]["value"], table[name]["date"]] for name in ("core_hour", "core_watts")}
        try:
            append(self.place, line | {"quality": quality})
        except OSError as error:  # it costs a sentence, once, and not the run
            if not self.said:
                print(f"This run is not in your ledger: {self.place} could not be written ({error.strerror}).")
            self.said = True
        self.written = time.perf_counter()


def append(place: Path, line: dict) -> None:
    """Add a line to a ledger, in one piece, so that runs beside each other do not mix theirs."""
    place.parent.mkdir(parents=True, exist_ok=True)
    text = (json.dumps(line) + "\n").encode()
    file = os.open(place, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    with open(file, "r+b", buffering=0) as whole:
        whole.seek(max(0, whole.seek(0, os.SEEK_END) - 1))
        if whole.read(1) not in (b"", b"\n"):  # the machine stopped in the middle of a line
            text = b"\n" + text
        if whole.write(text) < len(text):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@dataclass(frozen=True)
class Ledger:
    """The last line of each run, in the order in which they began, and a sentence for each line that was damaged."""

    runs: list[dict]
    damaged: list[str]


def read(place: Path | None = None) -> Ledger:
    """The ledger at `place`, the learner's own if none is named; empty where there is none yet.

    A run whose last line says "going" was cut short, or still goes on. It cost at least what that line says.
    """
    place = place or ledger()
    if place is None or not place.exists():
        return Ledger([], [])
    try:
        text = place.read_text(encoding="utf-8-sig", errors="replace")  # an editor may have put a mark before the text
    except OSError as error:
        return Ledger([], [f"{place} could not be read ({error.strerror})"])
    runs, damaged = {}, []
    for number, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        try:
            line = json.loads(row)
            why = _wrong_line(line)
        except (ValueError, RecursionError):
            why = "it breaks off or is no JSON"
        if why:
            damaged.append(f"{place.name}, line {number}: {why}; left out")
        else:
            runs[line["id"]] = line
    return Ledger(list(runs.values()), damaged)


def _wrong_line(line) -> str:
    """What is wrong with a line of a ledger, in words; empty where nothing is."""
    if not isinstance(line, dict):
        return "it is JSON, but not a run"
    good = {name: _is_number(line.get(name)) for name in NUMBERS}
    good |= {name: line.get(name) is None or _is_number(line[name]) for name in OPTIONAL}
    good |= {name: isinstance(line.get(name), str) for name in ("id", "kind", "name", "model")}
    good["state"] = line.get("state") in ("going", "done")
    quality = line.get("quality")
    good["quality"] = isinstance(quality, dict) and all(map(_is_number, quality.values()))
    return next((f"no usable {name}" for name, fine in good.items() if not fine), "")
