"""Marks for other systems: nbgrader's own CSV, and files that Canvas and Moodle import.

In nbgrader's exporter a submission that nobody could grade is a plain 0.0. Here "not graded" is an empty cell, or the
other system's word for no mark, and never 0: nothing is decided about a learner by a file that could not be read, or by
a person who has not marked yet. Each class is an nbgrader export plug-in, so that both of these work:

    nbgrader export --exporter=openexperts.grading.exports.CanvasCsv --to canvas.csv
    export(gradebook, "canvas", "canvas.csv", ["02-experts"])

Formats: Canvas, its documentation of the Gradebook CSV and `lib/gradebook_importer.rb` of its public source as read in
2026; Moodle, "Grade import" of its documentation (4.5) and `grade/import/csv` of its public source as read in 2026.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin
from traitlets import Bool

NOT_SUBMITTED, NOT_GRADED, GRADED = "not submitted", "not graded", "graded"
NEEDS_A_PERSON = "needs a person"  # it has a flag
NOT_MARKED = "not yet marked"  # by hand, such as an essay
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One learner's work on one lab. `raw_score`, `penalty` and `score` are None unless every part has its mark."""

    lab: str
    due: str
    max_score: float
    student: str
    last_name: str
    first_name: str
    email: str
    lms_id: str
    state: str
    timestamp: str = ""
    raw_score: float | None = None
    penalty: float | None = None
    score: float | None = None


def rows(gradebook: Gradebook, labs: Sequence[str] = ()) -> list[Row]:
    """A row for each lab (default: all) and each learner, with what is decided about them."""
    found = []
    for assignment in gradebook.assignments:
        if labs and assignment.name not in labs:
            continue
        for student in gradebook.students:
            about = {
                "lab": assignment.name,
                "due": str(assignment.duedate or ""),
                "max_score": float(assignment.max_score or 0),
                "student": student.id,
                "last_name": student.last_name or "",
                "first_name": student.first_name or "",
                "email": student.email or "",
                "lms_id": student.lms_user_id or "",
            }
            try:
                submission = gradebook.find_submission(assignment.name, student.id)
            except MissingEntry:
                found.append(Row(**about, state=NOT_SUBMITTED))
                continue
            about |= {"state": state(submission), "timestamp": str(submission.timestamp or "")}
            if about["state"] == GRADED:
                raw, penalty = float(submission.score), float(submission.late_submission_penalty or 0)
                about |= {"raw_score": raw, "penalty": penalty, "score": max(0.0, raw - penalty)}
            found.append(Row(**about))
    return found


def state(submission) -> str:
    """Graded only if every part has a mark and nobody has to look at it again."""
    waits = False
    for notebook in submission.notebooks:
        answers = {cell.name for cell in notebook.notebook.solution_cells}
        for grade in notebook.grades:
            has_mark = grade.auto_score is not None or grade.manual_score is not None
            is_check = grade.cell.cell_type == "code" and grade.name not in answers  # marked by running code
            if is_check and not has_mark:
                return NOT_GRADED
            waits |= grade.needs_manual_grade or not has_mark
    if any(notebook.flagged for notebook in submission.notebooks):
        return NEEDS_A_PERSON
    return NOT_MARKED if waits else GRADED


def safe(text: str) -> str:
    """Text that a spreadsheet does not run as a formula, on one line."""
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(FORMULA) else text


def number(points: float | None) -> str:
    return "" if points is None else str(round(points, 4))


class SafeExport(ExportPlugin):
    """What the three formats share: which learners and labs, and where the file goes."""

    missing_is_zero = Bool(False, help="whether a lab that was not submitted counts as 0 points").tag(config=True)
    default_name = "grades.csv"

    def export(self, gradebook: Gradebook) -> None:
        chosen = [row for row in rows(gradebook, self.assignment) if not self.student or row.student in self.student]
        if self.missing_is_zero:
            zero = {"raw_score": 0.0, "penalty": 0.0, "score": 0.0}
            chosen = [Row(**vars(row) | zero) if row.state == NOT_SUBMITTED else row for row in chosen]
        self.log.info("Exporting grades to %s", self.to or self.default_name)
        with Path(self.to or self.default_name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(self.table(chosen))

    def table(self, chosen: list[Row]) -> list[list[str]]:
        raise NotImplementedError


class NbgraderCsv(SafeExport):
    """nbgrader's columns, properly quoted, and a last one that says what is decided."""

    def table(self, chosen: list[Row]) -> list[list[str]]:
        head = "assignment duedate timestamp student_id last_name first_name email raw_score late_submission_penalty"
        table = [[*head.split(), "score", "max_score", "state"]]
        for row in chosen:
            words = (row.lab, row.due, row.timestamp, row.student, row.last_name, row.first_name, row.email)
            points = (row.raw_score, row.penalty, row.score, row.max_score)
            table.append([*map(safe, words), *map(number, points), row.state])
        return table


class CanvasCsv(SafeExport):
    """A Gradebook file for Canvas: a column for each lab, the points possible in the second row.

    Canvas finds a learner by `ID` (nbgrader's lms_user_id), else by `SIS Login ID` (nbgrader's student id), else by
    name. An empty cell means no mark; where Canvas has one already it offers to clear it before it imports.
    """

    default_name = "canvas.csv"

    def table(self, chosen: list[Row]) -> list[list[str]]:
        most = {row.lab: row.max_score for row in chosen}
        table = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *map(safe, most)]]
        table.append(["    Points Possible", "", "", "", "", *map(number, most.values())])
        for row, scores in by_student(chosen):
            name = ", ".join(filter(None, (row.last_name, row.first_name))) or row.student
            marks = ["" if scores[lab] is None else number(scores[lab]) for lab in most]
            table.append([safe(name), safe(row.lms_id), "", safe(row.student), "", *marks])
        return table


class MoodleCsv(SafeExport):
    """A grade import file for Moodle, which asks for the meaning of each column when it imports.

    Identify the learner by user name, ID number (nbgrader's lms_user_id) or e-mail address. A dash is Moodle's word for
    no mark, for a new grade item as well as for one that is there; an empty cell would do for the second only.
    """

    default_name = "moodle.csv"

    def table(self, chosen: list[Row]) -> list[list[str]]:
        labs = list(dict.fromkeys(row.lab for row in chosen))
        table = [["First name", "Last name", "Username", "ID number", "Email address", *map(safe, labs)]]
        for row, scores in by_student(chosen):
            words = (row.first_name, row.last_name, row.student, row.lms_id, row.email)
            marks = ["-" if scores[lab] is None else number(scores[lab]) for lab in labs]
            table.append([*map(safe, words), *marks])
        return table


def by_student(chosen: list[Row]) -> list[tuple[Row, dict[str, float | None]]]:
    """Each learner once, with their score in each lab."""
    found: dict[str, tuple[Row, dict[str, float | None]]] = {}
    for row in chosen:
        found.setdefault(row.student, (row, {}))[1][row.lab] = row.score
    return list(found.values())


FORMATS = {"nbgrader": NbgraderCsv, "canvas": CanvasCsv, "moodle": MoodleCsv}


def export(
    gradebook: Gradebook, form: str, to: str | Path, labs: Sequence[str] = (), missing_is_zero: bool = False
) -> list[Row]:
    """Write the marks as `form` ("nbgrader", "canvas" or "moodle"); what has no mark in it and was handed in."""
    plugin = FORMATS[form](to=str(to), assignment=list(labs), missing_is_zero=missing_is_zero)
    plugin.export(gradebook)
    return [row for row in rows(gradebook, labs) if row.state in (NOT_GRADED, NEEDS_A_PERSON, NOT_MARKED)]
