"""Exports: what is not graded is never 0, and no name becomes a formula or a second column."""

import csv
from datetime import datetime

import pytest
from nbgrader.api import Gradebook

from openexperts.grading.course import use_programs_of_this_environment
from openexperts.grading.exports import FORMATS, export, rows, safe

NAMES = {
    "graded": ("=HYPERLINK(1)", "Comma, \"Quote\"\nLine"),
    "late": ("Łukasz", "Ωmega"),
    "waiting": ("@SUM(1)", "Person"),
    "broken": ("-1+1", "File"),
    "zero": ("+1", "Points"),
    "flagged": ("Looks", "Odd"),
    "absent": ("Not", "Here"),
}  # fmt: skip


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    use_programs_of_this_environment()
    path = tmp_path_factory.mktemp("course") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}", "any-course") as gradebook:
        gradebook.add_assignment("lab, one", duedate=datetime(2026, 1, 1))
        gradebook.add_notebook("book", "lab, one")
        gradebook.add_grade_cell("check", "book", "lab, one", max_score=3, cell_type="code")
        gradebook.add_grade_cell(
            "by-hand", "book", "lab, one", max_score=0, cell_type="code"
        )  # code that a person marks
        gradebook.add_solution_cell("by-hand", "book", "lab, one")
        gradebook.add_task_cell("words", "book", "lab, one", max_score=4, cell_type="markdown")
        for name, (first, last) in NAMES.items():
            gradebook.add_student(name, first_name=first, last_name=last, email=f"{name}@x.org", lms_user_id="007")
            if name != "absent":
                gradebook.add_submission("lab, one", name)
        for name, check, words in (("graded", 2.5, 4), ("late", 3, 4), ("zero", 0, 0), ("flagged", 3, 4)):
            mark(gradebook, name, check, words)
        mark(gradebook, "waiting", 3, None)
        gradebook.find_submission("lab, one", "late").notebooks[0].late_submission_penalty = 1.5
        gradebook.find_submission("lab, one", "flagged").notebooks[0].flagged = True
        gradebook.db.commit()
        yield gradebook


def mark(gradebook, name, check, words):
    for grade in gradebook.find_submission("lab, one", name).notebooks[0].grades:
        if grade.name == "check":
            grade.auto_score, grade.needs_manual_grade = check, False
        elif words is not None:
            grade.manual_score, grade.needs_manual_grade = words if grade.name == "words" else 0, False
    gradebook.db.commit()


def table(gradebook, form, path, **options):
    unmarked = export(gradebook, form, path, **options)
    assert {row.student for row in unmarked} == {"waiting", "broken", "flagged"}
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_only_what_is_decided_has_a_score(gradebook):
    found = {row.student: (row.state, row.score) for row in rows(gradebook)}
    assert found == {
        "graded": ("graded", 6.5),
        "late": ("graded", 5.5),
        "zero": ("graded", 0.0),
        "waiting": ("not yet marked", None),
        "broken": ("not graded", None),
        "flagged": ("needs a person", None),
        "absent": ("not submitted", None),
    }
    assert rows(gradebook, ["another lab"]) == []


def test_nbgraders_own_columns(gradebook, tmp_path):
    head, *lines = table(gradebook, "nbgrader", tmp_path / "x.csv")
    found = {line[head.index("student_id")]: dict(zip(head, line, strict=True)) for line in lines}
    assert found["late"]["raw_score"] == "7.0" and found["late"]["score"] == "5.5"
    assert found["zero"]["score"] == "0.0"
    for name in ("waiting", "broken", "absent"):
        assert found[name]["score"] == found[name]["raw_score"] == found[name]["late_submission_penalty"] == ""
        assert found[name]["max_score"] == "7.0"
    assert found["broken"]["state"] == "not graded"
    assert found["late"]["first_name"] == "Łukasz"


def test_canvas(gradebook, tmp_path):
    head, most, *lines = table(gradebook, "canvas", tmp_path / "x.csv")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "lab, one"]
    assert "Points Possible" in most[0] and most[5] == "7.0"
    found = {line[3]: line for line in lines}
    assert found["graded"][0] == "Comma, \"Quote\" Line, =HYPERLINK(1)" and found["graded"][1] == "007"  # fmt: skip
    assert {name: line[5] for name, line in found.items()} == {
        "graded": "6.5", "late": "5.5", "zero": "0.0", "waiting": "", "broken": "", "flagged": "", "absent": "",
    }  # fmt: skip


def test_moodle(gradebook, tmp_path):
    head, *lines = table(gradebook, "moodle", tmp_path / "x.csv")
    found = {line[head.index("Username")]: dict(zip(head, line, strict=True)) for line in lines}
    assert found["graded"]["First name"] == "'=HYPERLINK(1)" and found["broken"]["First name"] == "'-1+1"
    marks = {name: line["lab, one"] for name, line in found.items()}
    assert marks == {
        "graded": "6.5",
        "late": "5.5",
        "zero": "0.0",
        "waiting": "-",
        "broken": "-",
        "flagged": "-",
        "absent": "-",
    }


def test_a_teacher_may_count_what_was_not_submitted_as_zero(gradebook, tmp_path):
    _, *lines = table(gradebook, "moodle", tmp_path / "x.csv", missing_is_zero=True)
    assert {line[2]: line[5] for line in lines}["absent"] == "0.0"
    assert {line[2]: line[5] for line in lines}["broken"] == "-"


@pytest.mark.parametrize("form", FORMATS)
def test_no_cell_is_a_formula(gradebook, tmp_path, form):
    cells = [cell for line in table(gradebook, form, tmp_path / "x.csv") for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t")) or cell[0:1] == "-" and cell != "-"]
    assert not [cell for cell in cells if "\n" in cell]
    assert safe("\t=1") == "'=1" and safe("Ann=1") == "Ann=1"
