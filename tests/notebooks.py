"""Where the project's notebooks are, and how the tests run one: from a clean kernel, with the network blocked."""

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
RELEASES = sorted((ROOT / "labs").glob("*/*.ipynb"))
LABS = [path.stem for path in SOLUTIONS]
BLOCKED = Path(__file__).parent / "blocked"


def name(path: Path) -> str:
    """A short name for a test's parameter."""
    return str(path.relative_to(ROOT).with_suffix(""))


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def run(path: Path, tmp_path: Path, allow_errors: bool = False) -> nbformat.NotebookNode:
    """Execute a copy of the notebook in its own kernel; any use of the network is written to `tmp_path/attempts`."""
    notebook = read(path)
    before = dict(os.environ)
    os.environ |= {
        "PYTHONPATH": str(BLOCKED),
        "OPENEXPERTS_TEST_ATTEMPTS": str(tmp_path / "attempts"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    try:
        NotebookClient(
            notebook, timeout=900, allow_errors=allow_errors, resources={"metadata": {"path": str(path.parent)}}
        ).execute()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return notebook


def attempts(tmp_path: Path) -> str:
    """What tried to use the network during `run`, a line each."""
    file = tmp_path / "attempts"
    return file.read_text() if file.exists() else ""
