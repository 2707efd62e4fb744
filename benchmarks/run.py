"""Measure the course on this machine and write benchmarks/results.md: `make bench`.

In one run: the ways to compute a mixture-of-experts layer as ratios (benchmarks/moe_layer.py); training steps of the
whole tiny DeepSeek-V3 (benchmarks/tiny_v3.py); rollouts and R1 in miniature (benchmarks/reasoning.py); seconds,
processor-seconds and peak memory of each lesson and lab from a clean kernel; seconds to load the open model from the
cache; and seconds from `make lab` to a served page when everything is installed. With
`make bench ARGS="--shakespeare FILE"` also training on tiny Shakespeare, beside peers (benchmarks/shakespeare.py).
"""

import argparse
import datetime
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import timeit
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent


class Watch(threading.Thread):
    """Samples the memory (resident, in bytes) and processor-seconds of all children ten times a second."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self.seconds, self.stopped = 0, {}, threading.Event()

    def run(self):
        while not self.stopped.wait(0.1):
            total = 0
            for child in psutil.Process().children(recursive=True):
                try:
                    times = child.cpu_times()
                    self.seconds[child.pid] = times.user + times.system
                    total += child.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak = max(self.peak, total)


def measure_notebook(path: Path) -> dict:
    """Seconds on the clock, processor-seconds and peak memory of a notebook from a clean kernel to its last cell.

    And how fast the machine itself was just before: a rented or a hot one is not always as fast.
    """
    speed = timeit.timeit("for number in range(10_000_000): total += number", "total = 0", number=1)
    watch, start = Watch(), time.perf_counter()
    watch.start()
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    watch.stopped.set()
    watch.join()
    return {
        "notebook": str(path.relative_to(ROOT)),
        "seconds": time.perf_counter() - start,
        "processor-seconds": sum(watch.seconds.values()),
        "peak GB": watch.peak / 1e9,
        "10M additions, s": speed,
    }


def measure_model() -> float:
    """Seconds to load the open model and its tokenizer from the cache, imports excluded; median of three processes."""
    code = (
        "import time\nfrom openexperts import open_model\nfrom transformers import LlamaForCausalLM\n"
        "start = time.perf_counter()\nopen_model.load()\nprint(time.perf_counter() - start)"
    )
    return statistics.median(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3))


def measure_start() -> float:
    """Seconds from typing `make lab` to the first page's being served; median of three."""
    return statistics.median(_one_start() for _ in range(3))


def _one_start() -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    server = subprocess.Popen(
        ["make", "lab", f"ARGS=--no-browser --port {port}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while time.perf_counter() - start < 120:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/lab/tree/notebooks/00-start.ipynb", timeout=5):
                    return time.perf_counter() - start
            except urllib.error.HTTPError:  # served, and asks for the token
                return time.perf_counter() - start
            except OSError:
                time.sleep(0.05)
        raise SystemExit("make lab did not serve a page within 120 seconds")
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def table(rows: list[dict]) -> str:
    """A Markdown table; numbers with three significant digits."""
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = [f"{value:.3g}" if isinstance(value, float) else str(value) for value in row.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine() -> str:
    """The processor's name, its cores, and the memory."""
    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        name = models[0].split(":", 1)[1].strip() if models else name
    memory = psutil.virtual_memory().total / 1e9
    return f"{name}, {psutil.cpu_count()} cores, {memory:.0f} GB of memory, {platform.platform()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "results.md", help="where to write (default: %(default)s)")
    parser.add_argument(
        "--shakespeare", type=Path, metavar="FILE", help="tiny Shakespeare, to compare with peers on it"
    )
    arguments = parser.parse_args()
    if arguments.shakespeare and not arguments.shakespeare.is_file():
        parser.error(f"{arguments.shakespeare}: no such file. It is tinyshakespeare.txt of karpathy/char-rnn")
    scripts = {"moe_layer.py": [], "tiny_v3.py": [], "reasoning.py": []}
    if arguments.shakespeare:
        scripts["shakespeare.py"] = [arguments.shakespeare]
    notebooks = [*sorted(ROOT.glob("notebooks/*.ipynb")), *sorted(ROOT.glob("solutions/*/*.ipynb"))]
    progress = tqdm(total=len(notebooks) + len(scripts) + 2, unit="measurement")

    rows = {}
    for script, more in scripts.items():
        progress.set_description(script)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "rows.json"
            command = [sys.executable, HERE / script, *more, "--out", out]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            rows[script] = json.loads(out.read_text())
        progress.update()
    measured = []
    for path in notebooks:
        progress.set_description(path.stem)
        measured.append(measure_notebook(path))
        progress.update()
    progress.set_description("open model")
    load = measure_model()
    progress.update()
    progress.set_description("make lab")
    served = measure_start()
    progress.update()
    progress.close()

    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "jupyterlab", "nbgrader"))
    text = f"""# Measured by `make bench`

{datetime.date.today()}, on {machine()}.
Python {platform.python_version()}, {packages}.

## A mixture-of-experts layer, as ratios to a dense layer of the same active size
Each ratio is the median time divided by the dense layer's, in this one run, on one thread. Smaller is faster.

{table(rows["moe_layer.py"])}

## Training the whole tiny DeepSeek-V3
Median of the steps (forward, backward, AdamW), in turn in this one run, on one thread. Larger is faster.

{table(rows["tiny_v3.py"])}

## Reasoning: rollouts, and R1 in miniature
On one thread. The base model has 104,576 parameters; it comes trained, and a lesson trains it only by a switch.

{table(rows["reasoning.py"])}

## From a clean kernel to the last cell
Labs are solved. Aim: 120 seconds and 2 GB. The last column says how fast the machine itself was just before, by a
fixed loop of Python.

{table(measured)}

## Starting
- The open model from the cache: {load:.2f} seconds (aim: 1).
- From `make lab` to the first page served, all installed: {served:.1f} seconds.
"""
    if arguments.shakespeare:
        text += f"""
## Tiny Shakespeare, beside peers
The loss after a budget, over the last tenth of the text. How much is read within it depends on the machine.

{table(rows["shakespeare.py"])}
"""
    arguments.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
