"""`openexperts kit`: the learner's zip. The same tree gives the same bytes.

What goes in is listed here by name, so that nothing of the teacher's can slip in: no solutions, tests or classroom.
"""

import tomllib
import zipfile
from pathlib import Path

import nbformat

from openexperts.grading.course import CourseError

CONTENTS = (
    "README.md",
    "AGENTS.md",
    "CHANGELOG.md",
    "LICENSE",
    "LICENSE-TEXT",
    "Makefile",
    "constraints.txt",
    "environment.yml",
    "nbgrader_config.py",
    "pyproject.toml",
    "labs",
    "notebooks",
    "src/openexperts",
    "tools/install.py",
)
LEARNERS_PAGES = ("workshops/*/handout.md", "workshops/*/evidence/*.md")  # guides and rubrics hold the answers
NEVER = {"__pycache__", ".ipynb_checkpoints"}
EPOCH = (2025, 1, 1, 0, 0, 0)  # a zip carries a time for each file; this one says nothing


def files(root: Path) -> list[Path]:
    """The kit's files, sorted, as paths inside the course."""
    found = []
    for name in CONTENTS:
        path = root / name
        if not path.exists():
            raise CourseError(f"The kit was not written: {name} is missing from {root}.")
        found += [path] if path.is_file() else [inner for inner in path.rglob("*") if inner.is_file()]
    found += [path for pattern in LEARNERS_PAGES for path in root.glob(pattern)]
    inside = [path.relative_to(root) for path in found]
    return sorted(path for path in inside if not NEVER & set(path.parts) and path.suffix != ".pyc")


def write_kit(root: Path) -> tuple[Path, int]:
    """Write dist/open-experts-VERSION.zip; its path and how many files it holds."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    name = f"open-experts-{version}"
    target = root / "dist" / f"{name}.zip"
    inside = files(root)
    target.parent.mkdir(exist_ok=True)
    unfinished = target.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in inside:
            entry = zipfile.ZipInfo(f"{name}/{path.as_posix()}", EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(entry, content(root / path))
    unfinished.replace(target)
    return target, len(inside)


def content(path: Path) -> bytes:
    """The file's bytes; a notebook without the outputs that somebody's run may have left in it."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return (nbformat.writes(notebook) + "\n").encode()
