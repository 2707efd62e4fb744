"""Measure grading on this machine and write benchmarks/grading.md: `make bench-grading`.

The same submissions of lab 02 (solved, half done and blank in turn) are graded by plain `nbgrader autograde`, which
starts a new kernel for each, and by the course's class runner, with sandbox. Each run is a fresh course and a fresh
process; its seconds count from the start of that process to its end, its processor-seconds are those of all processes
that it started.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import nbformat
import psutil
from nbgrader.api import Gradebook
from run import machine, table
from tqdm import tqdm

from openexperts.grading import labs

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
LAB = "02-experts"
PLAIN = """
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors." + name
    for name in ("ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata")
]
c.Autograde.autograde_preprocessors = ["nbgrader.preprocessors.Execute", "nbgrader.preprocessors.IgnorePattern"]
c.Autograde.autograde_preprocessors += ["nbconvert.preprocessors.ClearMetadataPreprocessor"]
c.Autograde.autograde_preprocessors += [
    "nbgrader.preprocessors." + name
    for name in ("LimitOutput", "SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata")
]
"""
CLASS_RUNNER = """
import sys
from pathlib import Path
from openexperts.grading.classroom import Options, grade
from openexperts.grading.course import nbgrader_config
list(grade(nbgrader_config(Path.cwd()), sys.argv[1], Options(workers=int(sys.argv[2]), collect=False)))
"""


def make_course(folder: Path, n_submissions: int) -> Path:
    """A course with the lab released and its submissions where nbgrader's collect puts them."""
    folder.mkdir()
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "solutions" / LAB, folder / "solutions" / LAB)
    labs.release(folder, [LAB])
    solved = nbformat.read(folder / "solutions" / LAB / f"{LAB}.ipynb", as_version=4)
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in solved.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }
    for number in range(n_submissions):
        notebook = nbformat.read(folder / "labs" / LAB / f"{LAB}.ipynb", as_version=4)
        written = [len(answers), len(answers) // 2, 0][number % 3]
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in list(answers)[:written]:
                cell.source = answers[name]
        place = submitted(folder) / f"learner-{number:03}" / LAB
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{LAB}.ipynb")
    return folder


def submitted(course: Path) -> Path:
    return course / "classroom" / "submitted"


class Memory(threading.Thread):
    """Samples private memory (USS) twice a second: of what runs submissions, and of what stays while they come and go.

    What stays is the grader itself and, below it, the warm server.
    """

    def __init__(self, pid: int, at_once: int):
        super().__init__(daemon=True)
        self.pid, self.at_once, self.stopped = pid, at_once, threading.Event()
        self.per_submission = self.staying = 0.0

    def run(self):
        while not self.stopped.wait(0.5):
            coming = staying = 0
            try:
                grader = psutil.Process(self.pid)
                for process in [grader, *grader.children(recursive=True)]:
                    try:
                        stays = process == grader or "openexperts.grading.warm" in process.cmdline()
                        forked = stays and process != grader and process.ppid() != self.pid
                        used = process.memory_full_info().uss
                    except psutil.Error:
                        continue
                    if stays and not forked:
                        staying += used
                    else:
                        coming += used
            except psutil.Error:
                return
            self.per_submission = max(self.per_submission, coming / self.at_once)
            self.staying = max(self.staying, staying)


def measure(source: Path, folder: Path, n_submissions: int, workers: int, progress: tqdm) -> dict:
    """Grade the first submissions in a copy of the course. `workers` is 0 for nbgrader alone, -1 for it and ours."""
    course = folder / "measured"
    shutil.copytree(source, course)
    for place in sorted(submitted(course).iterdir())[n_submissions:]:
        shutil.rmtree(place)
    if workers > 0:
        command = [sys.executable, "-c", CLASS_RUNNER, LAB, str(workers)]
    else:
        command = [sys.executable, "-m", "nbgrader", "autograde", LAB]
    if workers == 0:
        with (course / "nbgrader_config.py").open("a") as file:
            file.write(PLAIN)
    done = "examined/*/*/merged.json" if workers > 0 else f"autograded/*/{LAB}/{LAB}.ipynb"
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=course, stdout=said, stderr=said)
        memory = Memory(process.pid, max(1, workers))
        memory.start()
        counted = 0
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            seen = len(list((course / "classroom").glob(done)))
            progress.update(seen - counted)
            counted = seen
            if pid:
                break
            time.sleep(0.1)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        memory.stopped.set()
        memory.join()
        said.seek(0)
        marks = read_marks(course)
        if process.returncode or len(marks) != n_submissions:
            raise SystemExit(f"{' '.join(command[-3:])} failed:\n{said.read().decode()[-3000:]}")
    records = (course / "classroom").glob("examined/*/*/record.json")
    usage = [json.loads(path.read_text())["usage"][0] for path in records]
    shutil.rmtree(course)
    return {
        "marks": marks,
        "seconds": seconds,
        "processor": used.ru_utime + used.ru_stime,
        "learner": sum(it["processor_seconds"] for it in usage),
        "checks": sum(it["checks_processor_seconds"] for it in usage),
        "per submission": memory.per_submission,
        "staying": memory.staying,
    }


def read_marks(course: Path) -> dict[str, dict[str, float]]:
    """Of each learner, the points of each check."""
    with Gradebook(f"sqlite:///{course / 'classroom' / 'gradebook.db'}", "open-experts") as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.auto_score for book in submission.notebooks for grade in book.grades
            }
            for submission in gradebook.assignment_submissions(LAB)
        }


def row(name: str, n: int, run: dict, ours: bool) -> dict:
    """A line of the table; what only our records know is left out for nbgrader."""
    beyond = {
        "learner's process": run["learner"] / n,
        "checks' process": run["checks"] / n,
        "all else": (run["processor"] - run["learner"] - run["checks"]) / n,
    }
    return {
        "how": name,
        "submissions": n,
        "a minute": n / run["seconds"] * 60,
        "processor-seconds each": run["processor"] / n,
        **(beyond if ours else dict.fromkeys(beyond, "")),
        "private MB each": run["per submission"] / 1e6,
        "MB that stay": run["staying"] / 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  python benchmarks/grading.py                       the full table, about 15 minutes\n"
        "  python benchmarks/grading.py --submissions 4 --plain 2   only to see that it works",
    )
    parser.add_argument("--submissions", type=int, default=48, metavar="N", help="in the comparison (%(default)s)")
    parser.add_argument("--plain", type=int, default=8, metavar="N",
                        help="how many of them plain nbgrader grades (%(default)s)")  # fmt: skip
    parser.add_argument("--long", action="store_true", help="a class of 192 as well")
    parser.add_argument("--out", type=Path, default=HERE / "grading.md", help="where to write (default: %(default)s)")
    arguments = parser.parse_args()
    if arguments.submissions < 4 or arguments.plain < 1:
        parser.error("--submissions is 4 or more, and --plain 1 or more.")
    n, n_plain = arguments.submissions, min(arguments.plain, arguments.submissions)
    sizes = sorted({n // 4, n} | ({192} if arguments.long else set()))
    runs = [("plain nbgrader", n_plain, 0), ("nbgrader, our examiner", n_plain, -1), ("class runner, 1 worker", n, 1)]
    runs += [("class runner, 2 workers", size, 2) for size in sizes]

    found = []
    with tempfile.TemporaryDirectory(prefix="bench-grading-") as folder:
        folder = Path(folder)
        source = make_course(folder / "course", sizes[-1])
        with tqdm(total=sum(size for _, size, _ in runs), unit="submission") as progress:
            for name, size, workers in runs:
                progress.set_description(f"{name}, {size}")
                found.append(measure(source, folder, size, workers, progress))

    plain = found[0]
    rows = [row(name, size, run, workers > 0) for (name, size, workers), run in zip(runs, found, strict=True)]
    same = all(
        run["marks"][learner] == marks
        for run in found
        for learner, marks in plain["marks"].items()
        if learner in run["marks"]
    )
    few, most = found[3], found[3 + sizes.index(n)]
    more = n - sizes[0]  # what the start takes is in both
    further = {key: (most[key] - few[key]) / more for key in ("seconds", "processor", "learner", "checks")}
    speed = (n / most["seconds"]) / (n_plain / plain["seconds"])
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "nbgrader", "distributed"))
    each = "Marks, check by check, are " + ("the same in all runs." if same else "NOT the same in all runs.")
    text = f"""# Grading, measured by `make bench-grading`

{datetime.date.today()}, on {machine()}.
Python {platform.python_version()}, {packages}.

Submissions of lab {LAB}: solved, half done and blank in turn. Plain nbgrader graded {n_plain} of them, one after the
other in new kernels, without a sandbox. {each}

{table(rows)}

- The class runner with 2 workers graded {n} at {speed:.1f} times plain nbgrader's submissions a minute (aim: 8).
- From {sizes[0]} to {n} submissions, each further one took {further["seconds"]:.2f} seconds and
  {further["processor"]:.2f} processor-seconds: {further["learner"]:.2f} in the learner's process,
  {further["checks"]:.2f} in the checks' process, and
  {further["processor"] - further["learner"] - further["checks"]:.2f} for all else (aim for the last two together: 0.8).
- "Our examiner" under nbgrader is `nbgrader autograde`, as Formgrader's button runs it, with this course's settings.
- "Processor-seconds each" are those of all processes from start to end, so that they hold a share of the start.
  Of them, "learner's process" ran the cells and answered the checks, in the sandbox; "checks' process" ran the
  course's own set-up and checks, which plain nbgrader runs as well; "all else" is what grading itself takes.
- Private memory (USS, at its most) is what a submission's own processes hold (aim: 250 MB); what stays is the grader
  and the warm server, however many submissions come.
"""
    arguments.out.write_text(text, encoding="utf-8")
    print(text)
    if not same:
        raise SystemExit("The marks differ.")


if __name__ == "__main__":
    main()
