"""A small course in a temporary folder for the tests of the classroom: one lab that imports nothing slow."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOY = "90-toy"
SOLUTION = ROOT / "tests" / "data" / "solutions" / TOY / f"{TOY}.ipynb"


def make_course(folder: Path) -> Path:
    """The course's settings and the toy lab's source; nothing is released yet."""
    folder.mkdir(parents=True)
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "solutions" / TOY).mkdir(parents=True)
    shutil.copy(SOLUTION, folder / "solutions" / TOY)
    return folder


def openexperts(course: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run the command as a user would, in `course`."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENEXPERTS_")}
    return subprocess.run(
        [sys.executable, "-m", "openexperts.cli", *arguments],
        cwd=course,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def load(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def save(path: Path, notebook: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def cell(notebook: dict, grade_id: str) -> dict:
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def answered(release: Path, **answers: str) -> dict:
    """The released lab with the solution's answers, some of them replaced."""
    notebook, solution = load(release), load(SOLUTION)
    for name in ("double", "total"):
        cell(notebook, name)["source"] = answers.get(name, cell(solution, name)["source"])
    return notebook
