"""Hostile submissions, and honest ones that only look odd: each is a file in attacks/ or oddities/ (see toy.py).

All run on one warm server. Of each attack the mark, the flag and what came of the teacher's machine are looked at; an
oddity keeps all of its points.
"""

import contextlib
import json
import os
import re
import socket
import time
from pathlib import Path
from unittest import mock

import nbformat
import psutil
import pytest
from nbgrader.utils import determine_grade
from toy import LAB, POINTS, Case, read_case, source

from openexperts.grading import examination
from openexperts.grading.examination import Examined, Rules, examine
from openexperts.grading.intake import Intake, take_in
from openexperts.grading.sandbox import Limits
from openexperts.grading.sanitise import SanitiseOutputs, markdown_to_html
from openexperts.grading.warm import WarmServer

HERE = Path(__file__).parent
SECRET = "hunter2-of-the-teacher"
IMPORTS = ("numpy", "torch", "safetensors.torch", "matplotlib.pyplot", "matplotlib_inline.backend_inline")
# The last one is what PyTorch's first gradient imports; transformers would bring it, and takes longer.
IMPORTS += ("torch.fx.experimental.symbolic_shapes",)
IMPORTS += ("IPython.core.interactiveshell", "openexperts.checks", "openexperts.plots")
# What an attack prints where it got through.
SUCCESS = ("BEGIN HIDDEN", "DONE", "FOUND", "WROTE", "REACHED", "ATTACHED", "OPENED", "READ ", "NO END")
LIMITS = Limits(memory_bytes=700_000_000, processes=24, file_bytes=10_000_000, disk_bytes=20_000_000, cpu_seconds=60)


ACTIVE = r"<(script|iframe|style|form|object|embed)|<[^>]*(\bon\w+=|(href|src)=\W*javascript)"


class Outside:
    """The teacher's machine: files nobody may read or write, and a port that nobody may reach."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in (
            "gradebook.db",
            "solutions/toy/toy.ipynb",
            "home/.bashrc",
            "home/token",
            "submitted/ben/toy.ipynb",
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"{SECRET} {name}")
        for path in (folder, *folder.rglob("*")):  # only the sandbox is in the way
            path.chmod(0o777 if path.is_dir() else 0o666)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.names = {"CANARIES": str(folder), "PORT": str(self.listener.getsockname()[1])}
        self.before = self.look()

    def look(self) -> dict:
        paths = [path for path in sorted(self.folder.rglob("*")) if not path.is_dir() or path.is_symlink()]
        return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_mode, path.read_bytes()) for path in paths}

    def changed(self) -> list:
        """What somebody did to it."""
        after = self.look()
        found = [path for path in self.before.keys() | after.keys() if self.before.get(path) != after.get(path)]
        with contextlib.suppress(BlockingIOError):
            found.append(self.listener.accept())
        return found


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    place = Outside(tmp_path_factory.mktemp("teacher"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("A_TEACHERS_SECRET", SECRET)
        yield place
    place.listener.close()


@pytest.fixture(scope="module")
def server(outside):
    with WarmServer(IMPORTS) as server:
        yield server


def take(case: Case, folder: Path) -> Intake:
    """Hand it in, and read it as the grader does."""
    folder = folder / "submitted" / "ana" / LAB
    folder.mkdir(parents=True)
    notebook = case.notebook()
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    (folder / f"{LAB}.ipynb").write_bytes(data)
    if "files" in case.outside:
        for name, content in case.outside["files"]().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                (folder / name).symlink_to(content)
            else:
                (folder / name).write_bytes(content)
    return take_in(folder, LAB, source(), "ana")


def grade(case: Case, folder: Path, server: WarmServer) -> tuple[Examined, Intake]:
    intake = take(case, folder)
    assert intake.notebook is not None, intake.findings
    files = folder / "files"
    for name, content in intake.files.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_bytes(content)
    seconds = float(case.says.get("seconds", 60))
    rules = Rules(cell_seconds=seconds, total_seconds=max(90, 10 * seconds), limits=LIMITS)
    grace = 2 if seconds < 10 else examination.GRACE
    with mock.patch.object(examination, "GRACE", grace):
        return examine(intake.notebook, source(), server, rules, files if intake.files else None), intake


def marks(notebook) -> dict[str, float]:
    """Points of each check as nbgrader gives them, once the notebook has been on disk."""
    notebook = nbformat.reads(nbformat.writes(notebook).encode().decode(), as_version=4)
    nbformat.validate(notebook)
    notebook, _ = SanitiseOutputs().preprocess(notebook, {})
    shown = [
        str(output.get("data", {}).get("text/html")) for cell in notebook.cells for output in cell.get("outputs", [])
    ]
    shown += [markdown_to_html(cell.source) for cell in notebook.cells if cell.cell_type != "code"]
    assert not re.search(ACTIVE, " ".join(shown), re.IGNORECASE)
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return {cell.metadata.nbgrader.grade_id: determine_grade(cell)[0] for cell in checks}


def said(notebook, by_learner: bool = False) -> str:
    """All that a notebook prints, shows and raises; by the learner: without what a check raises."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    outputs = [
        (output, bool(cell.metadata.get("nbgrader", {}).get("grade"))) for cell in cells for output in cell.outputs
    ]
    return json.dumps([it for it, is_check in outputs if not (by_learner and is_check and it.output_type == "error")])


def left_over(server: WarmServer) -> list[str]:
    """Processes that should have ended; they may take a moment to go."""
    for _ in range(50):
        found = psutil.Process(server._process.pid).children(recursive=True)
        found += [it for it in psutil.process_iter(["environ"]) if "HOSTILE" in (it.info["environ"] or {})]
        if not found:
            return []
        time.sleep(0.1)
    return [str(process) for process in found]


def cases(kind: str) -> list:
    return [pytest.param(path, id=path.stem) for path in sorted((HERE / kind).glob("*.py"))]


@pytest.mark.parametrize("path", cases("attacks"))
def test_an_attack_gets_the_mark_it_deserves(path, server, outside, tmp_path):
    case = read_case(path, outside.names, others="blank")
    if case.says.get("state") == "not read":
        intake = take(case, tmp_path)
        assert intake.notebook is None and case.listed("flag") <= {it.kind for it in intake.findings}, intake.findings
        assert all(finding.needs_person for finding in intake.findings) and outside.changed() == []
        return
    examined, intake = grade(case, tmp_path, server)
    found = {finding.kind for finding in [*intake.findings, *examined.findings]}
    got = marks(examined.notebook)
    expected = {name: 0 if name in case.loses else points for name, points in POINTS.items()}
    words = (got, examined.state, examined.why, examined.findings, intake.findings, said(examined.notebook)[-3000:])
    if examined.state != "not graded":
        assert got == expected, words
    assert examined.state == case.says.get("state", "needs a person" if case.listed("flag") else "graded"), words
    assert case.listed("flag") <= found, words
    assert SECRET not in said(examined.notebook)
    for success in SUCCESS:
        assert success not in said(examined.notebook, by_learner=True), (success, words)
    assert SECRET not in str([*intake.findings, *examined.findings])
    assert outside.changed() == []
    assert left_over(server) == []
    assert os.environ["A_TEACHERS_SECRET"] == SECRET


@pytest.mark.parametrize("path", cases("oddities"))
def test_an_honest_oddity_keeps_its_points(path, server, outside, tmp_path):
    case = read_case(path, outside.names, others="right")
    examined, intake = grade(case, tmp_path, server)
    words = (examined.why, examined.findings, said(examined.notebook)[-3000:])
    assert marks(examined.notebook) == POINTS, words
    assert examined.state == "graded" and not any(it.needs_person for it in intake.findings), words
