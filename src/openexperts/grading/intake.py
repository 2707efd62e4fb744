"""Reading a submission as data, before any of it runs: what is damaged is repaired where that is safe, and said.

A submission is a folder that a stranger filled. Nothing in it is followed (links), waited for (pipes) or believed
(metadata). The notebook is not repaired in place: a new one is built from the lab's own cells and the learner's
text, so that no key, tag or type of theirs can reach what reads it next. Each thing that was not as it should be is a
`Finding`, a sentence for the learner and the teacher; none of them stops anybody else's grading.

`Source` is what the lab's own cells are: from nbgrader's gradebook, hidden checks included, or from a released
notebook.
"""

import json
import os
import pwd
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from importlib.machinery import PathFinder, all_suffixes
from itertools import islice
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.utils import compute_checksum, is_grade, is_locked, is_solution, is_task, parse_utc

from openexperts.grading.labs import grade_id, grader, read_notebook

CELL_TYPES = ("code", "markdown", "raw")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}  # no SVG: that can hold a program
RUN_TAGS = re.compile(r"skip-execution|raises-exception|(remove|hide)[-_].*|init_cell|nbval.*|parameters")
OF_THE_EXCHANGE = {"timestamp.txt", "submission_secret.txt"}  # nbgrader's own; of no use to a learner's code


@dataclass(frozen=True)
class SourceCell:
    """One of the lab's own cells: an answer, a check, a task, or a locked cell."""

    name: str  # nbgrader's grade_id
    cell_type: str
    source: str  # of an answer: as it was released
    grade: bool
    solution: bool
    locked: bool
    task: bool
    points: float  # 0 where none are given


@dataclass(frozen=True)
class Source:
    """The lab's own cells of one notebook, in the lab's order."""

    notebook: str
    cells: tuple[SourceCell, ...]

    @classmethod
    def from_gradebook(cls, gradebook, notebook: str, assignment: str) -> "Source":
        """As nbgrader recorded them when the lab was released: checks with their hidden lines."""
        found = gradebook.find_notebook(notebook, assignment)
        points = {cell.name: cell.max_score for cell in [*found.grade_cells, *found.task_cells]}
        grades = {cell.name for cell in found.grade_cells}
        solutions = {cell.name for cell in found.solution_cells}
        tasks = {cell.name for cell in found.task_cells}
        return cls(
            notebook,
            tuple(
                SourceCell(
                    name=cell.name,
                    cell_type=cell.cell_type,
                    source=cell.source or "",
                    grade=cell.name in grades,
                    solution=cell.name in solutions,
                    locked=cell.locked,
                    task=cell.name in tasks,
                    points=points.get(cell.name, 0.0),
                )
                for cell in found.source_cells  # SQLite gives them in the order in which they were put in
            ),
        )

    @classmethod
    def from_release(cls, path: Path) -> "Source":
        """As learners got them: checks without their hidden lines."""
        own = [cell for cell in read_notebook(path).cells if grader(cell)]
        return cls(
            path.stem,
            tuple(
                SourceCell(
                    name=grade_id(cell),
                    cell_type=cell.cell_type,
                    source=cell.source,
                    grade=is_grade(cell),
                    solution=is_solution(cell),
                    locked=is_locked(cell),
                    task=is_task(cell),
                    points=float(grader(cell).get("points", 0)) if is_grade(cell) or is_task(cell) else 0.0,
                )
                for cell in own
                if is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell)
            ),
        )

    def to_data(self) -> dict:
        return {"notebook": self.notebook, "cells": [asdict(cell) for cell in self.cells]}

    @classmethod
    def from_data(cls, data: dict) -> "Source":
        return cls(data["notebook"], tuple(SourceCell(**cell) for cell in data["cells"]))


@dataclass(frozen=True)
class Finding:
    """Something in a submission that was not as it should be."""

    kind: str
    words: str
    needs_person: bool = False


@dataclass
class Intake:
    """A submission, read: its canonical notebook (None if there is none that can be read), and what was found."""

    notebook: NotebookNode | None
    findings: list[Finding] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)  # what may lie beside the notebook when it runs


@dataclass(frozen=True)
class Bounds:
    """How much of a stranger's submission is taken in; far above what honest work needs."""

    notebook_bytes: int = 50_000_000  # its outputs count
    values: int = 2_000_000  # a JSON value takes up to 200 bytes of memory, and perhaps 3 of the file
    cells: int = 2_000
    cell_characters: int = 1_000_000
    all_characters: int = 5_000_000
    attachment_characters: int = 10_000_000
    files: int = 1_000
    depth: int = 8
    file_bytes: int = 50_000_000
    all_bytes: int = 200_000_000


BOUNDS = Bounds()


# Bytes to data


def read_notebook_bytes(data: bytes, bounds: Bounds = BOUNDS) -> tuple[dict | None, list[Finding]]:
    """The notebook's JSON as a dict with a list of cells, each still as it was sent; None if it is no notebook."""
    if len(data) > bounds.notebook_bytes:
        return None, [_too_large("the notebook", len(data), bounds.notebook_bytes)]
    if sum(map(data.count, (b"[", b"{", b","))) > bounds.values:  # in texts too: it is a bound, not a count
        return None, [Finding("too-large", "The notebook holds too many values to be read safely.", True)]
    findings = []
    encoding = json.detect_encoding(data)  # by the byte order mark, if there is one
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        words = "Some bytes of the notebook's file are not text; each was replaced by \ufffd."
        findings.append(Finding("not-text", words))
    odd: set[str] = set()

    def without_repeats(pairs: list) -> dict:
        if len(found := dict(pairs)) < len(pairs):
            odd.add("the same key twice in one object")
        return found

    def no_number(word: str) -> None:
        odd.add(f"{word}, which is not JSON")

    def short_number(digits: str) -> int:
        return int(digits) if len(digits) < 20 else 0  # Python refuses to read numbers of thousands of digits

    try:
        raw = json.loads(text, object_pairs_hook=without_repeats, parse_constant=no_number, parse_int=short_number)
    except RecursionError:
        return None, [*findings, _no_notebook("lists or objects are nested too deeply")]
    except ValueError as error:
        place = f"at character {getattr(error, 'pos', 0)} of {len(text)} it is cut off, damaged, or no notebook's"
        return None, [*findings, _no_notebook(place if text.strip() else "the file is empty")]
    if odd:
        findings.append(Finding("odd-json", f"The notebook's file holds {' and '.join(sorted(odd))}; read as it was."))
    if not isinstance(raw, dict):
        return None, [*findings, _no_notebook("it holds no object")]
    if not isinstance(raw.get("cells"), list) and isinstance(sheets := raw.get("worksheets"), list):
        findings.append(Finding("old-format", "The notebook is in an old format (before nbformat 4); it was updated."))
        lists = [sheet["cells"] for sheet in sheets if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)]
        raw["cells"] = [cell for cells in lists for cell in cells]
    if not isinstance(raw.get("cells"), list):
        return None, [*findings, _no_notebook("it holds no list of cells")]
    return raw, findings


def _no_notebook(reason: str) -> Finding:
    return Finding("not-a-notebook", f"The file cannot be read as a notebook: {_shown(reason, 120)}.", True)


def _too_large(what: str, size: int, limit: int) -> Finding:
    words = (
        f"{what[0].upper()}{what[1:]} has {size / 1e6:,.1f} MB and was not read; the limit is {limit / 1e6:,.0f} MB."
    )
    return Finding("too-large", words, True)


def _shown(text: str, longest: int = 60) -> str:
    """A learner's words inside a sentence of ours: one line, printable, not long."""
    line = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _list(names: list[str]) -> str:
    """A few names in words."""
    shown = [_shown(name) for name in names[:5]]
    return ", ".join(shown) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


# Cells as they were sent


@dataclass
class _Cell:
    """Of a cell that was sent, what is of use, each part of the type it should have."""

    cell_type: str
    source: str
    id: str = ""
    details: dict = field(default_factory=dict)  # its nbgrader metadata
    tags: list[str] = field(default_factory=list)
    attachments: dict = field(default_factory=dict)
    own: SourceCell | None = None  # the lab's cell that it is

    @property
    def name(self) -> str:
        return self.own.name if self.own else ""

    @property
    def claims(self) -> str:
        """The name under which it was sent."""
        name = self.details.get("grade_id")
        return name if isinstance(name, str) else ""


def _text(value) -> str | None:
    """JSON's text, given whole or in lines, as text that any program can write; None if it is something else."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    if not isinstance(value, str):
        return None
    return value.replace("\r\n", "\n").replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _as_sent(raw) -> tuple[_Cell, bool]:
    """One cell of the JSON, and whether it was damaged."""
    if not isinstance(raw, dict):
        return _Cell("raw", ""), True
    metadata = raw.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    details, tags = metadata.get("nbgrader"), metadata.get("tags")
    source = _text(raw.get("source", raw.get("input")))  # "input" before nbformat 4
    kind = raw.get("cell_type")
    if kind == "heading":  # before nbformat 4
        level = raw.get("level")
        kind, source = "markdown", f"{'#' * (level if isinstance(level, int) and 0 < level < 7 else 1)} {source or ''}"
    elif kind == "html":
        kind = "markdown"
    known = kind in CELL_TYPES
    cell = _Cell(
        cell_type=kind if known else "raw",
        source=source or "",
        id=raw["id"] if isinstance(raw.get("id"), str) else "",
        details=details if isinstance(details, dict) else {},
        tags=[tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        attachments=raw["attachments"] if isinstance(raw.get("attachments"), dict) else {},
    )
    return cell, not known or source is None


# The canonical notebook


def restore(nb: dict, source: Source, bounds: Bounds = BOUNDS) -> list[Finding]:
    """Make `nb` canonical in place: every one of the lab's cells once, locked ones as the lab has them.

    `nb` may be a dict of `read_notebook_bytes` or a notebook that nbformat has read; any JSON is survived.
    """
    findings = _language(nb.get("metadata"))
    sent = nb["cells"] if isinstance(nb.get("cells"), list) else []
    if len(sent) > bounds.cells:
        words = f"The notebook has {len(sent):,} cells; only the first {bounds.cells:,} were taken."
        findings.append(Finding("too-many-cells", words, True))
    read = [_as_sent(raw) for raw in sent[: bounds.cells]]
    cells = [cell for cell, _ in read]
    if damaged := [str(number) for number, (_, broken) in enumerate(read, start=1) if broken]:
        words = f"Cells were damaged and could be read in part or not at all: number {_list(damaged)}."
        findings.append(Finding("damaged-cell", words))
    findings += _recognise(cells, source)
    findings += _cut_texts(cells, bounds)
    findings += _restore_locked(cells)
    findings += _put_back_missing(cells, source)
    findings += _set_up_first(cells, source)
    attachments = _Attachments(bounds)
    ids = _Ids(cells)
    built = new_notebook(metadata={"kernelspec": dict(KERNEL), "language_info": {"name": "python"}})
    for cell in cells:
        node = _new_cell(cell.cell_type, cell.source, ids.of(cell))
        if cell.cell_type == "markdown" and (pictures := attachments.of(cell)):
            node.attachments = pictures
        if cell.own:
            node.metadata = _metadata(cell.own)
            node.metadata.nbgrader.checksum = _checksum(cell.own)
        built.cells.append(node)
    if attachments.left_out:
        words = f"Attached files were left out: {_list(attachments.left_out)}. Only pictures (PNG, JPEG, GIF, WebP) of "
        findings.append(Finding("attachment", words + f"{bounds.attachment_characters / 1e6:,.0f} MB in all are kept."))
    nb.clear()
    nb.update(built)
    return findings


def _new_cell(kind: str, source: str, id: str) -> NotebookNode:
    """nbformat's own function validates each cell by itself, slowly; here all parts are of the right type."""
    cell = NotebookNode(cell_type=kind, id=id, metadata=NotebookNode(), source=source)
    return NotebookNode(cell | {"execution_count": None, "outputs": []}) if kind == "code" else cell


def _metadata(own: SourceCell) -> NotebookNode:
    details = {
        "cell_type": own.cell_type,
        "grade": own.grade,
        "grade_id": own.name,
        "locked": own.locked,
        "schema_version": 3,
        "solution": own.solution,
        "task": own.task,
    }
    if own.grade or own.task:
        details["points"] = own.points
    metadata = {"deletable": False, "nbgrader": NotebookNode(details)}
    return NotebookNode(metadata | ({"editable": False} if own.locked else {}))


def _checksum(own: SourceCell, source: str | None = None) -> str:
    """nbgrader's number for the lab's cell, or for that cell with another text."""
    node = NotebookNode(cell_type=own.cell_type, source=own.source if source is None else source)
    node.metadata = _metadata(own)
    return compute_checksum(node)


def _language(metadata) -> list[Finding]:
    """A notebook written for another language than Python cannot have come from this lab."""
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    language = kernel.get("language") if isinstance(kernel, dict) else None
    if isinstance(language, str) and language.lower() not in ("", "python", "python3", "ipython"):
        words = f"The notebook's language was {_shown(language)}; it is run as Python."
        return [Finding("other-language", words)]
    return []


def _recognise(cells: list[_Cell], source: Source) -> list[Finding]:
    """Say of each cell which of the lab's it is: of several with one name, the first of the right type."""
    own = {cell.name: cell for cell in source.cells}
    claims: dict[str, list[_Cell]] = {}
    unknown = []
    for cell in cells:
        if cell.claims in own:
            claims.setdefault(cell.claims, []).append(cell)
        elif cell.claims:
            unknown.append(cell.claims)
    findings = []
    if unknown:
        words = f"Cells that this lab does not have were marked as its own: {_list(unknown)}. They are run as yours."
        findings.append(Finding("unknown-cell", words))
    for name, those in claims.items():
        right = [cell for cell in those if cell.cell_type == own[name].cell_type]
        kept = (right or those)[0]
        kept.own = own[name]
        if len(those) > 1:
            words = (
                f"The cell {name} was there {len(those)} times. The first counts; the others are run as cells of yours."
            )
            findings.append(Finding("duplicate-cell", words))
        if not right:
            words = f"The cell {name} had become a {kept.cell_type} cell; it is a {own[name].cell_type} cell again."
            findings.append(Finding("retyped-cell", words))
            kept.cell_type = own[name].cell_type
        expected = {key: value for key, value in _metadata(own[name]).nbgrader.items() if key != "cell_type"}
        changed = [key for key, value in expected.items() if key not in kept.details or kept.details[key] != value]
        if changed:
            words = f"The grading details of cell {name} were changed ({_list(changed)}); the lab's own are used."
            findings.append(Finding("changed-details", words))
        if tags := [tag for tag in kept.tags if RUN_TAGS.fullmatch(tag)]:
            words = f"The cell {name} had tags that change how it is run or shown ({_list(tags)}); they were taken off."
            findings.append(Finding("tags", words))
    answers = [cell for cell in source.cells if cell.solution]
    if answers and not any(cell.own and cell.own.solution for cell in cells):
        words = "None of the lab's answer cells is in the notebook: is it the notebook of this lab?"
        findings.append(Finding("no-answers", words, True))
    return findings


def _cut_texts(cells: list[_Cell], bounds: Bounds) -> list[Finding]:
    """Leave out texts that are far longer than anybody writes."""
    total, emptied = 0, []
    for number, cell in enumerate(cells, start=1):
        total += len(cell.source)
        if len(cell.source) > bounds.cell_characters or total > bounds.all_characters:
            total -= len(cell.source)
            cell.source = "# The text of this cell was too long and was left out."
            emptied.append(cell.name or f"number {number}")
    if not emptied:
        return []
    return [Finding("huge-cell", f"Cells were too long and their text was left out: {_list(emptied)}.", True)]


def _restore_locked(cells: list[_Cell]) -> list[Finding]:
    """Locked cells get the lab's text back."""
    edited = []
    for cell in cells:
        if cell.own and cell.own.locked:
            if _edited(cell):
                edited.append(cell.name)
            cell.source = cell.own.source
    if not edited:
        return []
    return [Finding("edited-cell", f"Locked cells had been edited and were put back: {_list(edited)}.")]


def _edited(cell: _Cell) -> bool:
    """Whether a locked cell is other than it was released.

    The gradebook has checks with their hidden lines, learners without. So each line of theirs must be one of the lab's,
    in order; and where the release's own checksum is still there, it tells of lines taken away too.
    """
    if cell.source == cell.own.source:
        return False
    lines = iter(cell.own.source.splitlines())
    if not all(line in lines for line in cell.source.splitlines()):
        return True
    claimed = cell.details.get("checksum")
    return isinstance(claimed, str) and claimed != _checksum(cell.own, cell.source)


def _put_back_missing(cells: list[_Cell], source: Source) -> list[Finding]:
    missing = [own for own in source.cells if own.name not in {cell.name for cell in cells}]
    for own in missing:
        cells.insert(_after_predecessor(cells, source, own), _Cell(own.cell_type, own.source, own=own))
    if not missing:
        return []
    words = f"Cells of the lab were missing and were put back: {_list([own.name for own in missing])}."
    if any(own.solution for own in missing):
        words += " An answer that was missing counts as not written."
    return [Finding("missing-cell", words)]


def _after_predecessor(cells: list[_Cell], source: Source, own: SourceCell) -> int:
    """Where one of the lab's cells belongs: behind the lab's cell before it, or behind the opening text."""
    names = [cell.name for cell in cells]
    for before in reversed(source.cells[: source.cells.index(own)]):
        if before.name in names:
            return names.index(before.name) + 1
    return next((number for number, cell in enumerate(cells) if cell.own or cell.cell_type == "code"), len(cells))


def _set_up_first(cells: list[_Cell], source: Source) -> list[Finding]:
    """Learners may change the order of cells, but a locked set-up cell must not come after what needs it.

    The set-up before the first answer is needed by all; a later one by the next check.
    """
    moved = []
    for number, own in enumerate(source.cells):
        if not own.locked or own.grade or own.task or own.cell_type != "code":
            continue
        later = [cell.name for cell in source.cells[number + 1 :]]
        if any(cell.solution or cell.grade for cell in source.cells[:number]):
            later = [cell.name for cell in source.cells[number + 1 :] if cell.grade][:1]
        names = [cell.name for cell in cells]
        here = names.index(own.name)
        needing = min((names.index(name) for name in later), default=len(cells))
        if here > needing:
            cell = cells.pop(here)
            cells.insert(min(_after_predecessor(cells, source, own), needing), cell)
            moved.append(own.name)
    if not moved:
        return []
    words = f"Locked cells stood behind cells that need them and were moved back to their place: {_list(moved)}."
    return [Finding("moved-set-up", words)]


class _Ids:
    """A valid id for each cell, its own where it has one that no cell before it has."""

    def __init__(self, cells: list[_Cell]):
        self.free = (f"cell-{number}" for number in range(sys.maxsize))
        self.taken = {cell.id for cell in cells}
        self.given: set[str] = set()

    def of(self, cell: _Cell) -> str:
        found = cell.id
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", found) or found in self.given:
            found = next(name for name in self.free if name not in self.taken)
        self.given.add(found)
        return found


class _Attachments:
    """The pictures in Markdown cells, as far as there is room."""

    def __init__(self, bounds: Bounds):
        self.room = bounds.attachment_characters
        self.left_out: list[str] = []

    def of(self, cell: _Cell) -> dict:
        found: dict = {}
        for name, forms in cell.attachments.items():
            for kind, value in forms.items() if isinstance(forms, dict) else ():
                data = (_text(value) or "").replace("\n", "")
                if kind in PICTURES and len(data) <= self.room and re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", data):
                    self.room -= len(data)
                    found.setdefault(_text(name), {})[kind] = data
            if _text(name) not in found:
                self.left_out.append(name)
        return found


# The folder


def take_in(folder: Path, notebook: str, source: Source, learner: str, bounds: Bounds = BOUNDS) -> Intake:
    """Read what `learner` handed in: the folder that nbgrader's collect made for them and this lab."""
    folder = Path(os.path.abspath(folder))
    try:
        with ExitStack() as stack:
            # what lies above the learner's folder is the teacher's own arrangement, and may be a link
            above = stack.enter_context(_opened(folder.parents[1], 0))
            home = stack.enter_context(_opened(folder.parent.name, os.O_NOFOLLOW, above))
            top = stack.enter_context(_opened(folder.name, os.O_NOFOLLOW, home))
            sent = _Folder(top, bounds)
            intake = _taken_in(sent, notebook, source)
            if sent.notebook:
                intake.findings += _other_owner(sent, os.fstat(home).st_uid, learner)
            return intake
    except OSError as error:
        words = f"The folder that was handed in cannot be read: {error.strerror}. A link is not followed."
        return Intake(None, [Finding("no-folder", words, True)])


@contextmanager
def _opened(path: Path | str, flags: int, inside: int | None = None) -> Iterator[int]:
    number = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | flags, dir_fd=inside)
    try:
        yield number
    finally:
        os.close(number)


class _Folder:
    """A stranger's folder, open. Each step inside it is taken without following a link."""

    def __init__(self, top: int, bounds: Bounds):
        self.top = top
        self.bounds = bounds
        self.files: list[str] = []  # paths inside, sorted
        self.notebook = ""  # the path of the lab's, once it is found
        self.room = bounds.files
        self.odd: dict[str, list[str]] = {"link": [], "not-a-file": [], "odd-name": [], "too-deep": []}
        self._walk(top, "", 1)

    def _walk(self, here: int, prefix: str, depth: int) -> None:
        with os.scandir(here) as entries:
            listed = list(islice(entries, max(self.room, 0) + 1))
        self.room -= len(listed)
        for entry in sorted(listed, key=lambda entry: entry.name):
            path = prefix + entry.name
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue  # checkpoints, caches and the systems' own: nobody meant to hand these in
            if not entry.name.isprintable():
                self.odd["odd-name"].append(path)
            elif entry.is_symlink():
                self.odd["link"].append(path)
            elif entry.is_file(follow_symlinks=False):
                self.files.append(path)
            elif not entry.is_dir(follow_symlinks=False):
                self.odd["not-a-file"].append(path)
            elif depth == self.bounds.depth:
                self.odd["too-deep"].append(path)
            else:
                try:
                    with _opened(entry.name, os.O_NOFOLLOW, here) as inner:
                        self._walk(inner, f"{path}/", depth + 1)
                except OSError:  # closed to us, or changed under our eyes
                    self.odd["not-a-file"].append(path)

    def findings(self) -> list[Finding]:
        """What lies there and is no plain file."""
        words = {
            "link": "Links to other places are not followed: {}. Hand in the file itself.",
            "not-a-file": "These cannot be read as files and were left out: {}.",
            "odd-name": "Files whose names cannot be printed were left out: {}.",
            "too-deep": f"Folders more than {self.bounds.depth} deep were left out: {{}}.",
        }
        found = [Finding(kind, words[kind].format(_list(names))) for kind, names in self.odd.items() if names]
        if self.room < 0:
            found.append(Finding("too-many-files", f"Only the first {self.bounds.files:,} files were looked at."))
        return found

    def read(self, path: str, limit: int) -> bytes | Finding:
        """The bytes of a file, or why it is not read."""
        *folders, name = path.split("/")
        with ExitStack() as stack:
            try:
                here = self.top
                for folder in folders:
                    here = stack.enter_context(_opened(folder, os.O_NOFOLLOW, here))
                # without O_NONBLOCK, opening a pipe waits for somebody who writes to it
                number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=here)
                file = stack.enter_context(os.fdopen(number, "rb"))
                about = os.fstat(number)
                if not stat.S_ISREG(about.st_mode):
                    return Finding("not-a-file", f"{_shown(path)} cannot be read as a file and was left out.")
                if about.st_nlink > 1:
                    words = f"{_shown(path)} is a hard link, so it may be somebody else's file; it was left out."
                    return Finding("link", words)
                data = file.read(limit + 1) if about.st_size <= limit else b""
            except OSError as error:
                return Finding("not-a-file", f"{_shown(path)} cannot be read: {error.strerror}.")
        size = max(len(data), about.st_size)
        return data if size <= limit else _too_large(_shown(path), size, limit)


def _taken_in(sent: _Folder, notebook: str, source: Source) -> Intake:
    """The notebook, made canonical, and the other files of an open folder."""
    raw, findings = _find_notebook(sent, notebook, source)
    intake = Intake(None, sent.findings() + _no_time(sent) + findings)
    if raw is not None:
        intake.findings += restore(raw, source, sent.bounds)
        intake.notebook = NotebookNode(raw)
    room, shadowing = sent.bounds.all_bytes, []
    for path in sent.files:
        if path.casefold().endswith(".ipynb") or path in OF_THE_EXCHANGE:
            continue
        if _shadows(path, sent.files):
            shadowing.append(path)
            continue
        data = sent.read(path, min(sent.bounds.file_bytes, room))
        if isinstance(data, Finding):
            intake.findings.append(data)
        else:
            room -= len(data)
            intake.files[path] = data
    if shadowing:
        words = f"Files were left out because Python would take them for modules of its own: {_list(shadowing)}."
        intake.findings.append(Finding("shadowing-file", words))
    return intake


def _find_notebook(sent: _Folder, notebook: str, source: Source) -> tuple[dict | None, list[Finding]]:
    """The JSON of the lab's notebook, and what was found in it. Under another name if only one can be meant."""
    expected = f"{notebook}.ipynb"
    others = [path for path in sent.files if path.casefold().endswith(".ipynb")]
    if expected in others:
        sent.notebook = expected
        return _read_json(sent, expected)
    likely = {}
    for path in others:
        raw, findings = _read_json(sent, path)
        if raw is not None and _is_of_lab(raw, source):
            likely[path] = raw, findings
        if len(likely) > 1:  # which of the two, a person must say
            break
    if len(likely) == 1:
        [(sent.notebook, (raw, findings))] = likely.items()
        words = f"There is no {expected}; {_shown(sent.notebook)} holds this lab's cells and was taken for it."
        return raw, [Finding("other-name", words), *findings]
    words = f"{expected} was not handed in. " + (f"There are: {_list(others)}." if others else "There is no notebook.")
    return None, [Finding("no-notebook", words + (" More than one could be it." if likely else ""), True)]


def _read_json(sent: _Folder, path: str) -> tuple[dict | None, list[Finding]]:
    data = sent.read(path, sent.bounds.notebook_bytes)
    if isinstance(data, Finding):
        return None, [replace(data, needs_person=True)]
    return read_notebook_bytes(data, sent.bounds)


def _is_of_lab(raw: dict, source: Source) -> bool:
    """Whether at least half of the lab's own cells are in a notebook."""
    names = {cell.claims for cell, _ in map(_as_sent, raw["cells"][: BOUNDS.cells])}
    return 2 * len(names & {cell.name for cell in source.cells}) >= len(source.cells)


def _no_time(sent: _Folder) -> list[Finding]:
    """nbgrader's stamp says when the lab was handed in; if it cannot be read, nobody knows whether that was late."""
    if "timestamp.txt" not in sent.files:
        return []
    data = sent.read("timestamp.txt", 1000)
    try:
        if isinstance(data, bytes):
            parse_utc(data.decode().strip())
            return []
    except Exception:  # a stranger's text in a date parser
        pass
    return [Finding("no-time", "The time at which this was handed in cannot be read.", True)]


def _other_owner(sent: _Folder, collector: int, learner: str) -> list[Finding]:
    """Whether the notebook belongs to a user of another name than the learner's.

    nbgrader's collect makes copies that belong to whoever collects, which tell nothing; files that came by another way
    may still have their owner.
    """
    owner = os.stat(sent.notebook, dir_fd=sent.top, follow_symlinks=False).st_uid
    if owner in (collector, os.geteuid()):
        return []
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"user {owner}"
    if name == learner:
        return []
    words = f"This was handed in as {_shown(learner)}, but the file belongs to {name}: is it {_shown(learner)}'s work?"
    return [Finding("other-owner", words, True)]


def _shadows(path: str, paths: list[str]) -> bool:
    """Whether Python, started beside this file, would read it instead of a module of its own or of a library."""
    if path.endswith((".pth", "_config.py", "_config.json")):
        return True  # Python's or Jupyter's own start reads these
    name, _, below = path.partition("/")
    suffixes = all_suffixes()
    module = any(f"{name}/__init__{end}" in paths for end in suffixes) if below else name.endswith(tuple(suffixes))
    return module and _importable(name.split(".")[0])


def _importable(name: str) -> bool:
    if name.startswith("__") or name in sys.stdlib_module_names or name in ("sitecustomize", "usercustomize"):
        return True
    elsewhere = [path for path in sys.path if path not in ("", os.getcwd())]
    return PathFinder.find_spec(name, elsewhere) is not None
