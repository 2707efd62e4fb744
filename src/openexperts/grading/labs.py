"""A lab's notebook as data: its cells, its parts and its points; and releasing labs and fetching them."""

import hashlib
import json
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

from openexperts.grading.course import (
    COURSE_ID,
    CourseError,
    built_in_exchange,
    exchange_folder,
    lab_names,
    nbgrader_config,
    nbgrader_for,
    require_lab,
    require_success,
)


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """The notebook at `path`, or a sentence that says why it cannot be read."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        return notebook
    except FileNotFoundError:
        raise CourseError(f"There is no file {path}.") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror or error}.") from None
    except Exception as error:  # nbformat has no one class for "this is not a notebook"
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CourseError(
            f"{path} is damaged and cannot be read as a notebook ({reason[:120]}). If it is yours, rename the file to "
            "keep it, run `openexperts lab` for a fresh copy, and paste your answers into that."
        ) from None


def grader(cell) -> dict:
    """The cell's nbgrader metadata; empty for an ordinary cell, and for one whose metadata somebody has damaged."""
    found = cell.metadata.get("nbgrader")
    return found if isinstance(found, dict) and isinstance(found.get("grade_id"), str) else {}


def grade_id(cell) -> str:
    return grader(cell).get("grade_id", "")


def is_answer(cell) -> bool:
    return bool(grader(cell).get("solution"))


def is_check(cell) -> bool:
    """A locked code cell whose result gives points."""
    return bool(grader(cell).get("grade")) and not is_answer(cell) and cell.cell_type == "code"


def is_task(cell) -> bool:
    """A question that a person marks."""
    return bool(grader(cell).get("task"))


def is_locked(cell) -> bool:
    return bool(grader(cell).get("locked"))


def has_code(cell) -> bool:
    """False for a check whose hidden lines were taken out, so that only comments are left."""
    return any(line.strip() and not line.strip().startswith("#") for line in cell.source.splitlines())


@dataclass
class Part:
    """A heading of the lab and the graded cells under it."""

    title: str
    cells: list[str]  # grade_ids
    answers: list[str]
    checks: list[str]  # with code in the release
    visible_points: float
    hidden_points: float
    person_points: float


def parts(release) -> list[Part]:
    """The graded parts of a released lab, in order."""
    found: list[Part] = []
    title = "the lab"
    for cell in release.cells:
        heading = re.search(r"^#{1,6} +(.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading and heading[1] != title:
            title = heading[1].strip()
            found.append(Part(re.sub(r"\s*\([^()]*\)\s*$", "", title), [], [], [], 0, 0, 0))
        if not grader(cell):
            continue
        if not found:
            found.append(Part(title, [], [], [], 0, 0, 0))
        part, points = found[-1], grader(cell).get("points", 0)
        part.cells.append(grade_id(cell))
        if is_answer(cell):
            part.answers.append(grade_id(cell))
        if is_task(cell):
            part.person_points += points
        elif is_check(cell) and has_code(cell):
            part.checks.append(grade_id(cell))
            part.visible_points += points
        elif is_check(cell):
            part.hidden_points += points
        elif grader(cell).get("grade"):
            part.person_points += points
    return [part for part in found if part.answers or part.checks or part.hidden_points or part.person_points]


# Releasing


def faults_of_source(path: Path) -> list[str]:
    """What would make a release of this source leak, or differ from one time to the next; a few words each."""
    faults = []
    notebook = read_notebook(path)
    written = json.loads(path.read_text(encoding="utf-8"))  # nbformat gives missing ids to cells as it reads
    if written.get("nbformat") != 4:
        return [f"it is in nbformat {written.get('nbformat')}: open it in JupyterLab and save it"]
    for number, (cell, raw) in enumerate(zip(notebook.cells, written["cells"], strict=True), start=1):
        where = f"cell {number} ({grade_id(cell) or cell.source.strip()[:40]!r})"
        if "id" not in raw:
            faults.append(f"{where} has no id, so every release would differ: save the notebook as nbformat 4.5")
        if "BEGIN MARK SCHEME" in cell.source and not is_task(cell):
            faults.append(f"{where} has a mark scheme outside a Manually graded task cell, so learners would see it")
        if "BEGIN HIDDEN TESTS" in cell.source and not is_check(cell):
            faults.append(f"{where} has hidden tests outside a check cell, so learners would see them")
        if "BEGIN SOLUTION" in cell.source and not is_answer(cell):
            faults.append(f"{where} has a solution outside an answer cell, so learners would see it")
    return faults


def release(root: Path, labs: list[str]) -> list[str]:
    """Make labs/ from solutions/ for `labs` (default: all); the names of those that were made."""
    labs = labs or lab_names(root, "solutions")
    if not labs:
        raise CourseError(f"There is nothing to release: {root / 'solutions'} holds no lab.")
    for lab in labs:
        faults = faults_of_source(require_lab(root, lab, "solutions"))
        if faults:
            raise CourseError(f"{lab} was not released: {'; '.join(faults)}.")
    api = nbgrader_for(nbgrader_config(root))
    for lab in labs:
        with tempfile.TemporaryDirectory() as kept:  # nbgrader takes the old release away before it makes the new one
            old, copy = root / "labs" / lab, Path(kept) / lab
            if old.exists():
                shutil.copytree(old, copy)
            try:
                require_success(api.generate_assignment(lab), f"release {lab}")
            except BaseException:
                if copy.exists() and not old.exists():
                    shutil.copytree(copy, old)
                raise
    return labs


def release_if_unknown(root: Path, lab: str) -> None:
    """Release `lab` if the gradebook does not know it: this is what tells it of a lab's cells and points."""
    from nbgrader.api import Gradebook, MissingEntry

    api = nbgrader_for(nbgrader_config(root))
    with Gradebook(api.coursedir.db_url, COURSE_ID) as gradebook:
        try:
            gradebook.find_assignment(lab)
        except MissingEntry:
            release(root, [lab])


# Fetching


def fetch(root: Path) -> list[str]:
    """Copy each released lab to my-labs/ and never touch one that is there; say what was done."""
    (root / "my-labs").mkdir(exist_ok=True)
    said = publish(root)
    shelf = _shelf(root)
    if shelf is None:
        said.append(
            f"Your class's exchange folder {exchange_folder(root)} (OPENEXPERTS_EXCHANGE) is not there, so no labs "
            "were fetched: ask your teacher."
        )
        return said
    record = root / "classroom" / "fetched.json"  # which release each copy was made from
    try:
        fetched = dict(json.loads(record.read_text()))
    except (OSError, ValueError, TypeError):
        fetched = {}
    for source in sorted(path for path in shelf.glob("*") if path.is_dir()):
        lab, copy = source.name, root / "my-labs" / source.name
        released = digest(source)
        if not copy.exists():
            unfinished = copy.with_name(f".{lab}.part")  # a copy that is cut short is not taken for the lab
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(source, unfinished, copy_function=shutil.copyfile)
            unfinished.rename(copy)
            fetched[lab] = released
            said.append(f"Fetched lab {lab}: my-labs/{lab}/{lab}.ipynb")
        elif fetched.setdefault(lab, released) != released:
            said.append(
                f"Lab {lab} was released anew since you fetched it. Your my-labs/{lab} is kept as it is; "
                f"rename that folder and start again to get the new one beside it."
            )
    record.parent.mkdir(mode=0o700, exist_ok=True)
    record.write_text(json.dumps(fetched, indent=1, sort_keys=True) + "\n")
    return said


def publish(root: Path) -> list[str]:
    """Put labs/ into the exchange of this computer, where they are new or changed; a class's own is its teacher's."""
    if sys.platform == "win32" or not built_in_exchange():
        return []
    shelf = exchange_folder(root) / COURSE_ID / "outbound"
    stale = [lab for lab in lab_names(root) if not _same(root / "labs" / lab, shelf / lab)]
    if not stale:
        return []
    api = nbgrader_for(nbgrader_config(root))
    for lab in stale:
        if (shelf / lab).exists():
            require_success(api.unrelease(lab), f"take the old {lab} out of the exchange")
        require_success(api.release_assignment(lab), f"put {lab} into the exchange")
    return []


def released_notebook(root: Path, lab: str) -> Path:
    """The notebook of `lab` as learners got it: from the class's exchange if there is one, else from labs/."""
    if not built_in_exchange():
        path = exchange_folder(root) / COURSE_ID / "outbound" / lab / f"{lab}.ipynb"
        if path.is_file():
            return path
    return require_lab(root, lab)


def _shelf(root: Path) -> Path | None:
    """The folder that holds the released labs."""
    if sys.platform == "win32" and built_in_exchange():
        return root / "labs"
    exchange = exchange_folder(root)
    if not exchange.is_dir() and not built_in_exchange():
        return None
    return exchange / COURSE_ID / "outbound"


def digest(folder: Path) -> str:
    """One number for all bytes under `folder`."""
    sha = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        sha.update(path.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return sha.hexdigest()


def _same(left: Path, right: Path) -> bool:
    return right.is_dir() and digest(left) == digest(right)
