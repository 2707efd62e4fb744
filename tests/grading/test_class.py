"""A whole class: nobody's file stops another's, and a run that is killed goes on without loss.

OPENEXPERTS_CLASS=192 makes the class that large (the hostile ones are the same): about ten minutes.
"""

import contextlib
import csv
import datetime
import fcntl
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.exchange.default import ExchangeCollect

from classroom import SOLUTION, TOY, answered, cell, load, make_course, save
from openexperts import cli
from openexperts.grading import labs
from openexperts.grading.classroom import MERGED, RECORD, Class, Options, give_feedback, grade
from openexperts.grading.course import CourseError, nbgrader_config, nbgrader_for
from openexperts.grading.exports import export

SIZE = int(os.environ.get("OPENEXPERTS_CLASS", "18"))
SECRET = "hunter2-of-the-teacher"
SECOND = "second"  # the lab's other notebook
DUE = datetime.datetime(2026, 5, 1, 12)
SETTINGS = """
c.Examine.cell_seconds = 10
c.Examine.total_seconds = 100
c.Examine.warm_imports = ["openexperts.grading.rooms", "matplotlib_inline.backend_inline", "matplotlib.pyplot"]
c.AssignLatePenalties.plugin_class = "late.OnePoint"
"""
PLUGIN = """
from nbgrader.plugins import LateSubmissionPlugin


class OnePoint(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1
"""
RIGHT = "def double(numbers):\n    return [2 * number for number in numbers]"
WRONG = "def double(numbers):\n    return numbers"


def make(folder: Path) -> Path:
    """A course with a lab of two notebooks, released, and an exchange to submit through."""
    course = make_course(folder / "course")
    solution = course / "solutions" / TOY
    other = (solution / f"{TOY}.ipynb").read_text().replace('"grade_id": "', f'"grade_id": "{SECOND}-')
    (solution / f"{SECOND}.ipynb").write_text(other)
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(SETTINGS)
    (course / "late.py").write_text(PLUGIN)
    labs.release(course, [])
    labs.publish(course)
    with book(course) as gradebook:
        gradebook.find_assignment(TOY).duedate = DUE
        gradebook.db.commit()
    return course


def book(course: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{course / 'classroom' / 'gradebook.db'}", "open-experts")


def submit(course: Path, name: str, first: dict | bytes | None = None, late: bool = False, **answers: str) -> Path:
    """A folder in the exchange, as `nbgrader submit` makes it; `first` in place of the first notebook."""
    when = (DUE + datetime.timedelta(hours=1 if late else -1)).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    folder = course / "classroom" / "exchange" / "open-experts" / "inbound" / f"{name}+{TOY}+{when}+abc"
    release = course / "labs" / TOY / f"{TOY}.ipynb"
    second = load(release.with_name(f"{SECOND}.ipynb"))
    for answer in ("double", "total"):
        cell(second, f"{SECOND}-{answer}")["source"] = cell(load(SOLUTION), answer)["source"]
    save(folder / f"{SECOND}.ipynb", second)
    if isinstance(first, bytes):
        (folder / f"{TOY}.ipynb").write_bytes(first)
    else:
        save(folder / f"{TOY}.ipynb", first or answered(release, **answers))
    (folder / "timestamp.txt").write_text(when)
    (folder / "submission_secret.txt").write_text(f"word of {name}")
    return folder


def fill(course: Path, secret: Path) -> dict[str, tuple]:
    """A class of SIZE. Of each: its state, and its points before a person marked anything (of 18, 10 by checks)."""
    release = course / "labs" / TOY / f"{TOY}.ipynb"
    inbound = course / "classroom" / "exchange" / "open-experts" / "inbound"
    expected = {}

    # Hostile or broken: ten of them
    submit(course, "damaged", answered(release)["cells"][0]["id"].encode() + b'{"cells": [')
    expected["damaged"] = ("not graded", None)
    twice = answered(release)
    twice["cells"] += [cell(twice, "double"), cell(twice, "total-hidden"), cell(twice, "total-hidden")]
    submit(course, "duplicated", twice)
    expected["duplicated"] = ("graded", 10)
    odd = answered(release)
    for number, it in enumerate(it for it in odd["cells"] if "nbgrader" in it["metadata"]):
        it["metadata"]["nbgrader"]["schema_version"] = [1, 99, "x", None][number % 4]
    submit(course, "schema", odd)
    expected["schema"] = ("graded", 10)
    folder = submit(course, "linked")
    (folder / f"{TOY}.ipynb").unlink()
    (folder / f"{TOY}.ipynb").symlink_to(secret / "secret.ipynb")
    expected["linked"] = ("not graded", None)
    (inbound / f"folder+{TOY}+2026-05-01 11:00:00 UTC").symlink_to(secret)
    expected["folder"] = ("not graded", None)
    submit(course, "endless", double="def double(numbers):\n    return numbers\nwhile True:\n    pass")
    expected["endless"] = ("graded", 7)
    submit(course, "dies", double="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    expected["dies"] = ("needs a person", 5)
    (submit(course, "junk-time") / "timestamp.txt").write_text("\x00 on Tuesday")
    expected["junk-time"] = ("graded", 10)
    folder = submit(course, "linked-time")
    (folder / "timestamp.txt").unlink()
    (folder / "timestamp.txt").symlink_to(secret / "secret.ipynb")
    expected["linked-time"] = ("graded", 10)
    for name in (f"..+{TOY}+2026-05-01 11:00:00 UTC", f"*+{TOY}+2026-05-01 11:00:00 UTC", f"x+{TOY}+yesterday"):
        save(inbound / name / f"{TOY}.ipynb", answered(release))
    for name in (f"+{TOY}+2026-05-01 11:00:00 UTC", f"{TOY}", f"new\nline+{TOY}+2026-05-01 11:00:00 UTC"):
        (inbound / name).mkdir()
    (inbound / f"a-file+{TOY}+2026-05-01 11:00:00 UTC").write_text("no folder")
    expected["a-file"] = ("not graded", None)

    # Honest
    kinds = [{}, {"double": WRONG}, {"double": "", "total": ""}, {"late": True}, {}]
    points = [10, 7, 5, 10, 10]
    for number in range(SIZE - len(expected)):
        submit(course, f"honest-{number:03}", **kinds[number % 5])
        expected[f"honest-{number:03}"] = ("graded", points[number % 5])
    return expected


class Run:
    """`openexperts grade` in a process group of its own, with an eye on every process that it starts."""

    def __init__(self, course: Path, *arguments: str):
        self.log = (course / "run.log").open("a+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "openexperts.cli", "grade", TOY, *arguments],
            cwd=course,
            env=os.environ | {"PYTHONPATH": str(course)},
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.seen: set[psutil.Process] = set()

    def until(self, holds) -> None:
        end = time.monotonic() + 200
        while not holds():
            assert self.process.poll() is None and time.monotonic() < end, Path(self.log.name).read_text()
            time.sleep(0.005)

    def hold(self) -> None:
        """Else it may be done before the test's next line is."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        self.seen |= set(psutil.Process(self.process.pid).children(recursive=True))
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def orphans(self) -> list[psutil.Process]:
        """Processes that outlived it, after a moment to go."""
        _, alive = psutil.wait_procs(self.seen, timeout=60)
        return [it for it in alive if it.is_running() and it.status() != psutil.STATUS_ZOMBIE]


def points(course: Path) -> dict[str, tuple]:
    """Of each learner in the gradebook: points, and the penalty for being late."""
    with book(course) as gradebook:
        return {
            it.student.id: (it.score, sum(book.late_submission_penalty or 0 for book in it.notebooks))
            for it in gradebook.find_assignment(TOY).submissions
        }


def exported(course: Path) -> list[dict]:
    path = course / "marks.csv"
    with book(course) as gradebook:
        export(gradebook, "nbgrader", path)
    with path.open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module", autouse=True)
def settings():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OPENEXPERTS_EXCHANGE", raising=False)
        yield patch


@pytest.fixture(scope="module")
def course(tmp_path_factory, settings):
    folder = tmp_path_factory.mktemp("class")
    settings.syspath_prepend(folder / "course")
    return make(folder)


def test_a_class_with_hostile_files_is_killed_twice_and_graded_to_the_end(course, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    stolen = answered(course / "labs" / TOY / f"{TOY}.ipynb")
    stolen["cells"][0]["source"] = SECRET
    save(secret / "secret.ipynb", stolen)
    before = (secret / "secret.ipynb").read_bytes()
    expected = fill(course, secret)
    examined = course / "classroom" / "examined"

    def records() -> dict[Path, int]:
        found = {}
        for path in examined.glob(f"*/{TOY}/{RECORD}"):
            with contextlib.suppress(FileNotFoundError):
                found[path] = path.stat().st_mtime_ns
        return found

    # Killed in the middle; while it runs, nobody else can
    first = Run(course)
    first.until(lambda: len(records()) >= 2)
    first.hold()
    with pytest.raises(CourseError, match="Somebody is grading"):
        next(grade(nbgrader_config(course), TOY))
    first.kill()
    after_one = records()
    assert 2 <= len(after_one) < SIZE
    assert first.seen and first.orphans() == []

    # Killed again, between a record and the gradebook
    def unmerged() -> list[Path]:
        return [path for path in records().keys() - after_one.keys() if not (path.parent / MERGED).exists()]

    second = Run(course, "--workers", "2")
    second.until(unmerged)
    second.hold()
    second.kill()
    after_two = records()
    assert unmerged() and second.orphans() == []
    (examined / "honest-000").mkdir(exist_ok=True)
    (examined / "honest-000" / f".{TOY}-half").mkdir()  # what a kill within a write leaves

    # To the end
    third = Run(course)
    assert third.process.wait(120 + 10 * SIZE) == 1, "somebody could not be graded"
    assert "Traceback" not in (course / "run.log").read_text()
    at_the_end = records()
    assert at_the_end.keys() >= after_two.keys() and len(at_the_end) == len(expected)
    assert {path: at_the_end[path] for path in after_two} == after_two, "nothing is examined twice"
    assert {path: after_two[path] for path in after_one} == after_one
    assert all((path.parent / MERGED).exists() for path in at_the_end)
    assert not list(examined.glob("*/.*"))

    states = {path.parts[-3]: json.loads(path.read_text())["state"] for path in at_the_end}
    assert states == {name: state for name, (state, _) in expected.items()}
    found = points(course)
    assert found.keys() == expected.keys(), "no learner more, none less"
    marks = {name: found[name][0] for name in expected if states[name] != "not graded"}
    assert marks == {name: points for name, (_, points) in expected.items() if points is not None}
    late = {name for name, (_, penalty) in found.items() if penalty}
    assert late == {f"honest-{number:03}" for number in range(3, SIZE - 10, 5)}
    assert all(found[name][1] == 2 for name in late), "a point for each notebook"
    told = {path.parts[-3] for path in (course / "classroom" / "feedback").glob(f"*/{TOY}/{TOY}.html")}
    assert told == set(expected), "killed or not, all have feedback"
    page = (course / "classroom" / "feedback" / "damaged" / TOY / f"{TOY}.html").read_text()
    assert "This is not a mark of 0" in page and "cannot be read" in page

    released = list((course / "classroom" / "exchange" / "open-experts" / "feedback").glob("*.html"))
    assert len(released) == 2 * len(told - {"folder", "a-file"}), "who handed in no folder fetches nothing"

    # Nothing of the teacher's went anywhere
    assert (secret / "secret.ipynb").read_bytes() == before and sorted(secret.iterdir()) == [secret / "secret.ipynb"]
    for path in (course / "classroom").rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert SECRET.encode() not in path.read_bytes(), path
    assert not (course / "classroom" / TOY).exists() and not (course / "classroom" / "submitted" / TOY).exists()

    # An export is empty, not 0, for those without a mark
    rows = {row["student_id"]: row for row in exported(course)}
    assert {name for name, row in rows.items() if row["state"] == "not graded"} == {
        name for name, state in states.items() if state == "not graded"
    }
    assert {row["score"] for row in rows.values()} == {""}, "a person has not marked yet"

    # Nothing changed: nothing is done again
    again = list(grade(nbgrader_config(course), TOY))
    assert records() == at_the_end
    assert not [outcome.student for outcome in again if outcome.fresh]


def test_a_person_s_marks_late_penalties_and_both_notebooks_survive_a_second_examination(course):
    name = "second-time"
    submit(course, name, late=True, double=WRONG)
    config = nbgrader_config(course)
    only = Options(students=(name,))
    (first,) = grade(config, TOY, only)
    assert (first.state, first.score, sorted(first.waiting)) == (
        "graded",
        7,
        ["in-your-words", "second-in-your-words"],
    ) and first.fresh
    with book(course) as gradebook:
        for number, notebook in enumerate(gradebook.find_submission(TOY, name).notebooks):
            task = next(grade for grade in notebook.grades if grade.auto_score is None)
            task.manual_score, task.needs_manual_grade = 3 + number, False
        gradebook.db.commit()
    (second,) = grade(config, TOY, replace(only, again=True))
    assert second.score == 14 and second.max_score == 18
    assert points(course)[name] == (14, 2)
    give_feedback(config, TOY, name)
    (third,) = grade(config, TOY, only)
    assert not third.fresh and third.score == 14

    with book(course) as gradebook:  # the person changes their mind, after the feedback was written
        for notebook in gradebook.find_submission(TOY, name).notebooks:
            next(grade for grade in notebook.grades if grade.auto_score is None).manual_score = 4
        gradebook.db.commit()
    (fourth,) = grade(config, TOY, only)
    assert fourth.fresh and fourth.score == 15
    give_feedback(config, TOY, name)
    page = (course / "classroom" / "feedback" / name / TOY / f"{TOY}.html").read_text()
    assert "4 of 4" in page and "3 of 4" not in page
    (fifth,) = grade(config, TOY, only)
    assert not fifth.fresh


def test_a_flag_that_a_person_took_away_is_gone(course):
    name, config = "flagged", nbgrader_config(course)
    only = Options(students=(name,))
    submit(course, name, double="import os\n\n\n" + RIGHT + "\n\n\nos._exit(1)")
    (first,) = grade(config, TOY, only)
    assert first.state == "needs a person" and first.findings
    give_feedback(config, TOY, name)
    page = course / "classroom" / "feedback" / name / TOY / f"{TOY}.html"
    assert "before the marks are final" in page.read_text()
    with book(course) as gradebook:
        for notebook in gradebook.find_submission(TOY, name).notebooks:
            notebook.flagged = False
        gradebook.db.commit()
    (second,) = grade(config, TOY, only)
    assert (second.state, second.findings, second.fresh) == ("graded", [], True)
    give_feedback(config, TOY, name)
    assert "before the marks are final" not in page.read_text()


def test_ctrl_c_is_answered_at_once_and_nothing_is_left_running(course):
    config = nbgrader_config(course)
    names = ["patience-1", "patience-2", "patience-3"]
    for name in names:
        submit(course, name, double="import time\n\ntime.sleep(3)\n\n\n" + RIGHT)
    run = Run(course, "--workers", "1", *(word for name in names for word in ("--student", name)))
    examined = course / "classroom" / "examined"
    run.until(lambda: (examined / names[0] / TOY / MERGED).exists())
    run.hold()
    run.seen |= set(psutil.Process(run.process.pid).children(recursive=True))
    run.process.send_signal(signal.SIGINT)
    os.killpg(run.process.pid, signal.SIGCONT)
    # To a shell both are 130: CPython ends by the signal itself if it fell into code that runs in exec
    assert run.process.wait(60) in (130, -signal.SIGINT)
    said = (course / "run.log").read_text()
    assert "Stopping. What is graded is kept" in said and "Traceback" not in said
    assert run.orphans() == [] and not (examined / names[2] / TOY).exists()
    assert [outcome.score for outcome in grade(config, TOY, Options(students=tuple(names)))] == [10, 10, 10]


@pytest.mark.parametrize("step", ["collect", "marks", "feedback"])
def test_ctrl_c_is_not_lost_where_nbgrader_takes_it_for_an_error_of_its_own(course, monkeypatch, capsys, step):
    """nbgrader's capture_log has a bare `except`."""
    names = [f"in-{step}-1", f"in-{step}-2"]
    for name in names:
        submit(course, name)
    command = ["grade", TOY, "--workers", "1", "--student", names[0], "--student", names[1]]
    converter = {"collect": ExchangeCollect, "marks": Autograde, "feedback": GenerateFeedback}[step]
    work = converter.start

    def start(self) -> None:
        work(self)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.chdir(course)
    with monkeypatch.context() as once:
        once.setattr(converter, "start", start)
        assert cli.main(command) == 130
    said = capsys.readouterr()
    assert "Stopping. What is graded is kept" in said.err and "not graded" not in said.out + said.err
    if step == "marks":
        assert not (course / "classroom" / "examined" / names[1] / TOY / MERGED).exists()
    assert cli.main(command) == 0
    for name in names:
        assert points(course)[name][0] == 10
        assert (course / "classroom" / "feedback" / name / TOY / f"{TOY}.html").is_file()


def test_a_gradebook_that_is_just_written_to_is_said_and_not_thought_broken(course, monkeypatch, capsys):
    config, examined = nbgrader_config(course), course / "classroom" / "examined"
    monkeypatch.chdir(course)
    examined.mkdir(exist_ok=True)
    writer = sqlite3.connect(course / "classroom" / "gradebook.db")
    with contextlib.closing(writer):
        writer.execute("BEGIN EXCLUSIVE")
        with (examined / ".lock").open("w") as lock:  # as a grading does that is in the middle of a learner's marks
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(CourseError, match="Somebody is grading"):
                next(grade(config, TOY))
        assert cli.main(["grade", TOY]) == 2
    said = capsys.readouterr().err
    assert "Another program writes to it" in said and "Rename" not in said


def test_marks_of_an_earlier_submission_are_not_those_of_one_that_cannot_be_graded(course):
    name, config = "changes", nbgrader_config(course)
    only = Options(students=(name,))
    submit(course, name)
    (outcome,) = grade(config, TOY, only)
    assert outcome.score == 10
    submit(course, name, b"{", late=True)
    (outcome,) = grade(config, TOY, only)
    assert outcome.state == "not graded" and points(course)[name][0] == 0
    row = next(row for row in exported(course) if row["student_id"] == name)
    assert (row["state"], row["score"]) == ("not graded", "")
    submitted = course / "classroom" / "submitted" / name / TOY
    save(submitted / f"{TOY}.ipynb", answered(course / "labs" / TOY / f"{TOY}.ipynb"))
    (outcome,) = grade(config, TOY, replace(only, collect=False))
    assert (outcome.state, outcome.score) == ("graded", 10)
    with book(course) as gradebook:
        flags = [notebook.flagged for notebook in gradebook.find_submission(TOY, name).notebooks]
    assert flags == [False, False], "the flag was for what came before"


def test_what_nbgrader_cannot_store_stops_nobody_and_is_tried_again(course, monkeypatch):
    config = nbgrader_config(course)
    names = ("trouble-1", "trouble-2")
    for name in names:
        submit(course, name)
    whole = Class.merge

    def fails(self, student, record):
        if student == names[0]:
            raise CourseError("nbgrader could not do it")
        whole(self, student, record)

    monkeypatch.setattr(Class, "merge", fails)
    outcomes = {outcome.student: outcome for outcome in grade(config, TOY, Options(students=names))}
    assert outcomes[names[0]].why == "Examined, but nbgrader could not do it."
    assert outcomes[names[1]].score == 10
    monkeypatch.undo()
    outcomes = {outcome.student: outcome for outcome in grade(config, TOY, Options(students=names))}
    assert outcomes[names[0]].score == 10


def test_a_folder_of_a_name_that_nbgrader_would_take_for_everybody_is_said_and_not_graded(course):
    path = course / "classroom" / "submitted" / "*" / TOY / f"{TOY}.ipynb"
    save(path, answered(course / "labs" / TOY / f"{TOY}.ipynb"))
    (outcome,) = grade(nbgrader_config(course), TOY, Options(students=("*",)))
    assert outcome.state == "not graded" and "is no name" in outcome.why
    path.unlink()
    path.parent.rmdir()
    path.parent.parent.rmdir()


def test_what_a_killed_run_left_in_the_temporary_folder_goes_after_a_day(course, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old, new, link = (tmp_path / f"handed-in-{name}" for name in ("old", "new", "link"))
    for folder in (old, new):
        (folder / "data").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    link.symlink_to(tmp_path / "elsewhere")
    long_ago = time.time() - 2 * 24 * 60 * 60
    for path in (old, tmp_path / "elsewhere"):
        os.utime(path, (long_ago, long_ago))
    Class(nbgrader_config(course), TOY).tidy()
    assert not old.exists() and new.is_dir() and link.is_symlink() and (tmp_path / "elsewhere").is_dir()


def test_another_scheduler_and_no_sandbox_give_the_same_marks(course):
    from distributed import LocalCluster

    config, name = nbgrader_config(course), f"elsewhere-{random.randrange(10**6)}"
    submit(course, name, double=WRONG)
    with LocalCluster(n_workers=1, processes=False, protocol="tcp", dashboard_address=None, host="127.0.0.1") as there:
        (outcome,) = grade(config, TOY, Options(students=(name,), scheduler=there.scheduler_address))
    assert (outcome.state, outcome.score) == ("graded", 7)
    (outcome,) = grade(config, TOY, Options(students=(name,), again=True, unsafe_no_sandbox=True))
    assert (outcome.state, outcome.score) == ("needs a person", 7)
    assert any("without a sandbox" in finding["words"] for finding in outcome.findings)


def test_a_kill_while_a_submission_is_collected_leaves_no_half(course, monkeypatch):
    from openexperts.grading.collecting import SafeCollect

    submit(course, "half")
    config = nbgrader_config(course)
    with monkeypatch.context() as patch:
        whole = SafeCollect._copy_file

        def stops(self, name, *rest):
            if name == f"{SECOND}.ipynb":
                raise KeyboardInterrupt
            return whole(self, name, *rest)

        patch.setattr(SafeCollect, "_copy_file", stops)
        nbgrader_for(config).collect(TOY)
    assert not (course / "classroom" / "submitted" / "half" / TOY).exists()
    (outcome,) = grade(config, TOY, Options(students=("half",)))
    assert outcome.score == 10
    assert [path.name for path in (course / "classroom" / "submitted" / "half").iterdir()] == [TOY]


def test_a_folder_that_is_closed_to_us_is_said_and_not_taken_for_nothing_handed_in(course, monkeypatch):
    submit(course, "closed")
    config = nbgrader_config(course)
    nbgrader_for(config).collect(TOY)
    assert (course / "classroom" / "submitted" / "closed" / TOY).is_dir()
    look, opened = Path.lstat, os.open

    def closed_to_look(self):
        if self.parent.name == "closed":
            raise PermissionError(13, "Permission denied")
        return look(self)

    def closed_to_open(path, *rest, **options):
        if path == "closed":
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **options)

    monkeypatch.setattr(Path, "lstat", closed_to_look)  # root, who may run this, is shut out by no rights
    monkeypatch.setattr(os, "open", closed_to_open)
    (outcome,) = grade(config, TOY, Options(students=("closed",)))
    assert outcome.state == "not graded" and "Permission denied" in outcome.why
