"""nbgrader as this course sets it up: a whole class, and each known trap closed."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.validator import Validator

from classroom import ROOT, SOLUTION, TOY, answered, cell, load, make_course, openexperts, save
from openexperts.grading import labs
from openexperts.grading.course import CourseError, nbgrader_config, nbgrader_for
from openexperts.grading.tour import tour

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")


@pytest.fixture(autouse=True)
def no_shared_exchange(monkeypatch):
    monkeypatch.delenv("OPENEXPERTS_EXCHANGE", raising=False)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course whose toy lab is released."""
    course = make_course(tmp_path_factory.mktemp("class") / "course")
    labs.release(course, [])
    return course


@pytest.fixture
def release(course) -> Path:
    return course / "labs" / TOY / f"{TOY}.ipynb"


def autograde(course: Path, learner: str, notebook: dict) -> dict:
    """Grade what `learner` handed in; nbgrader's report with the marks of each check cell."""
    save(course / "classroom" / "submitted" / learner / TOY / f"{TOY}.ipynb", notebook)
    api = nbgrader_for(nbgrader_config(course))
    report = api.autograde(TOY, learner)
    assert report["success"], report
    with Gradebook(api.coursedir.db_url) as gradebook:
        grades = gradebook.find_submission(TOY, learner).notebooks[0].grades
        return {grade.name: grade.auto_score for grade in grades}


def graded_text(course: Path, learner: str) -> str:
    return (course / "classroom" / "autograded" / learner / TOY / f"{TOY}.ipynb").read_text(encoding="utf-8")


ALL = {"double-visible": 1, "double-hidden": 2, "total-visible": 1, "total-hidden": 1, "in-your-words": None}


def test_a_whole_class_from_release_to_export(tmp_path, monkeypatch):
    course, shared = make_course(tmp_path / "course"), tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setenv("OPENEXPERTS_EXCHANGE", str(shared))
    lines = "\n".join(tour(course, TOY, keep=True))
    rows = {row[0]: row[1:] for row in (line.split() for line in lines.splitlines()) if row and row[-1] == "fetched"}
    assert rows == {
        "right": ["5", "4", "9", "9", "fetched"],
        "half-right": ["3", "2", "5", "9", "fetched"],
        "blank": ["0", "0", "0", "9", "fetched"],
    }
    kept = Path(re.search(r"The folder is kept: (.+)", lines)[1])
    try:
        export = (kept / "course" / "classroom" / "grades.csv").read_text()
        assert "half-right" in export and "5.0" in export
        assert not (course / "classroom").exists() and not list(shared.iterdir()), "the real class is left alone"
        assert os.environ["OPENEXPERTS_EXCHANGE"] == str(shared)
    finally:
        shutil.rmtree(kept)


def test_release_is_equal_to_the_byte_when_repeated(course, release):
    before = release.read_bytes()
    release.unlink()
    labs.release(course, [TOY])
    assert release.read_bytes() == before


def test_a_release_holds_no_solution_hidden_check_or_mark_scheme(release):
    text = release.read_text()
    assert "raise NotImplementedError" in text
    for secret in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "neutral element", "2 * number", "-0.5"):
        assert secret not in text


def test_only_notebooks_and_data_are_released(tmp_path):
    course = make_course(tmp_path / "course")
    source = course / "solutions" / TOY
    for name in ("notes.py", "data.csv", ".secret", f"{TOY}.ipynb~", f"{TOY}-checkpoint.ipynb"):
        (source / name).write_text("x")
    (source / ".ipynb_checkpoints").mkdir()
    (source / ".ipynb_checkpoints" / "old.txt").write_text("x")
    shutil.copy(source / f"{TOY}.ipynb", source / ".ipynb_checkpoints" / f"{TOY}-checkpoint.ipynb")
    (source / f"{TOY}-checkpoint.ipynb").unlink()
    labs.release(course, [TOY])
    released = {path.name for path in (course / "labs" / TOY).rglob("*") if path.is_file()}
    assert released == {f"{TOY}.ipynb", "data.csv"}


@pytest.mark.parametrize(
    ("grade_id", "change", "words"),
    [
        ("double", lambda it: it.pop("id"), "has no id"),
        ("total", lambda it: it.update(source="=== BEGIN MARK SCHEME ===\n4"), "outside a Manually graded task cell"),
        (
            "set-up",
            lambda it: it.update(source="### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS"),
            "hidden tests outside",
        ),
        ("set-up", lambda it: it.update(source="### BEGIN SOLUTION\n1\n### END SOLUTION"), "solution outside"),
    ],
)
def test_a_source_that_would_leak_is_not_released(tmp_path, grade_id, change, words):
    course = make_course(tmp_path / "course")
    path = course / "solutions" / TOY / f"{TOY}.ipynb"
    notebook = load(path)
    change(cell(notebook, grade_id))
    save(path, notebook)
    with pytest.raises(CourseError, match=words) as error:
        labs.release(course, [])
    assert "\n" not in str(error.value)
    assert not (course / "labs").exists()


def test_a_warning_on_stderr_costs_no_marks_in_autograde(course, release):
    assert autograde(course, "warned", answered(release)) == ALL
    outputs = cell(load(course / "classroom" / "autograded" / "warned" / TOY / f"{TOY}.ipynb"), "double-visible")[
        "outputs"
    ]
    assert any("a library's warning" in "".join(output.get("text", "")) for output in outputs), "a person can read it"


def test_a_warning_on_stderr_does_not_fail_validate(course, release, tmp_path):
    path = tmp_path / f"{TOY}.ipynb"
    save(path, answered(release))
    assert Validator(config=nbgrader_config(course)).validate(str(path)) == {}
    save(path, answered(release, double="def double(numbers):\n    return numbers"))
    failed = Validator(config=nbgrader_config(course)).validate(str(path))["failed"]
    assert len(failed) == 1 and "expected [2, 4]" in failed[0]["raw_error"]


def test_a_cell_over_the_limit_is_stopped_and_the_rest_goes_on(tmp_path):
    course = make_course(tmp_path / "course")
    config = course / "nbgrader_config.py"
    assert "\nseconds = 120 " in config.read_text()
    config.write_text(config.read_text().replace("\nseconds = 120 ", "\nseconds = 8 "))
    labs.release(course, [])
    slow = answered(course / "labs" / TOY / f"{TOY}.ipynb", double="import time\ntime.sleep(60)")
    marks = autograde(course, "slow", slow)
    assert marks == ALL | {"double-visible": 0, "double-hidden": 0}
    assert "did not finish within 8 s" in graded_text(course, "slow")


def test_longer_than_nbgraders_own_limit_is_allowed_in_autograde_and_validate(course):
    from nbgrader.preprocessors import Execute

    for parent in (nbgrader_for(nbgrader_config(course)), Validator(config=nbgrader_config(course))):
        assert Execute(parent=parent).timeout == 120


def test_deleted_and_edited_checks_are_put_back(course, release):
    notebook = answered(release, total="def total(numbers):\n    return 7")
    notebook["cells"] = [it for it in notebook["cells"] if not it["metadata"].get("nbgrader", {}).get("grade")]
    assert autograde(course, "deleted", notebook) == ALL | {"total-visible": 0, "total-hidden": 0}
    notebook = answered(release, total="def total(numbers):\n    return 7")
    cell(notebook, "total-visible")["source"] = "pass"
    assert autograde(course, "edited", notebook) == ALL | {"total-visible": 0, "total-hidden": 0}


def test_nbgrader_finds_alembic_where_path_lacks_the_environment(tmp_path):
    course = make_course(tmp_path / "course")
    environment = os.environ | {"PATH": "/usr/bin:/bin"}
    assert shutil.which("alembic", path=environment["PATH"]) is None
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", TOY]
    result = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert (course / "classroom" / "gradebook.db").exists()


def test_nbgrader_works_from_a_subfolder(course, tmp_path):
    """As in a terminal inside JupyterLab, which `openexperts lab` tells where the settings are."""
    labs.fetch(course)
    environment = os.environ | {"JUPYTER_CONFIG_PATH": str(course), "JUPYTER_CONFIG_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "nbgrader", "list"]
    result = subprocess.run(command, cwd=course / "solutions", env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert f"open-experts {TOY}" in result.stdout + result.stderr
    assert sorted(path.name for path in (course / "solutions").iterdir()) == [TOY], "nothing is left behind"


def test_settings_work_in_a_learners_kit_without_solutions(tmp_path, release):
    kit = make_course(tmp_path / "kit")
    shutil.rmtree(kit / "solutions")
    shutil.copytree(release.parent, kit / "labs" / TOY)
    assert labs.fetch(kit) == [f"Fetched lab {TOY}: my-labs/{TOY}/{TOY}.ipynb"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_the_built_in_exchange_is_open_and_the_marks_are_private(course):
    mode = {name: stat.S_IMODE((course / name).stat().st_mode) for name in ("classroom", "classroom/exchange")}
    assert mode == {"classroom": 0o700, "classroom/exchange": 0o777}


# Fetching


def test_fetching_again_keeps_the_learners_file_and_says_when_the_lab_changed(tmp_path):
    course = make_course(tmp_path / "course")
    labs.release(course, [])
    labs.fetch(course)
    mine = course / "my-labs" / TOY / f"{TOY}.ipynb"
    mine.write_text("my work")
    assert labs.fetch(course) == []
    source = course / "solutions" / TOY / f"{TOY}.ipynb"
    source.write_text(source.read_text().replace("Two small parts", "Two tiny parts"))
    labs.release(course, [])
    for _ in range(2):
        (said,) = labs.fetch(course)
        assert "was released anew" in said and "is kept as it is" in said
    assert mine.read_text() == "my work"
    mine.parent.rename(mine.parent.with_name("old"))
    assert labs.fetch(course) == [f"Fetched lab {TOY}: my-labs/{TOY}/{TOY}.ipynb"]
    assert "Two tiny parts" in mine.read_text()
    assert (course / "my-labs" / "old" / f"{TOY}.ipynb").read_text() == "my work"


def test_a_fetch_that_was_cut_short_is_done_again(tmp_path, monkeypatch):
    course = make_course(tmp_path / "course")
    labs.release(course, [])
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            labs.fetch(course)
    assert not (course / "my-labs" / TOY).exists()
    labs.fetch(course)
    assert load(course / "my-labs" / TOY / f"{TOY}.ipynb")["cells"]
    assert [path.name for path in (course / "my-labs").iterdir()] == [TOY]


def test_a_class_that_shares_a_folder_fetches_from_there(tmp_path, monkeypatch):
    teacher, learner, shared = make_course(tmp_path / "teacher"), make_course(tmp_path / "learner"), tmp_path / "shared"
    monkeypatch.setenv("OPENEXPERTS_EXCHANGE", str(shared))
    assert "ask your teacher" in labs.fetch(learner)[0]
    shared.mkdir()
    shared.chmod(0o777)
    labs.release(teacher, [])
    api = nbgrader_for(nbgrader_config(teacher))
    assert api.release_assignment(TOY)["success"]
    assert labs.fetch(learner) == [f"Fetched lab {TOY}: my-labs/{TOY}/{TOY}.ipynb"]
    assert labs.released_notebook(learner, TOY).is_relative_to(shared)
    assert not (learner / "classroom" / "exchange").exists()


def test_the_toy_lab_itself_has_ids_and_points():
    notebook = json.loads(SOLUTION.read_text())
    assert all("id" in it for it in notebook["cells"])
    points = [it["metadata"].get("nbgrader", {}).get("points", 0) for it in notebook["cells"]]
    assert sum(points) == 9


def test_grading_a_class_says_how_each_learner_did_and_a_second_time_keeps_what_a_person_marked(tmp_path):
    course = make_course(tmp_path / "course")
    assert openexperts(course, "release").returncode == 0
    nobody = openexperts(course, "grade", TOY)
    assert "Nobody has submitted" in nobody.stderr and str(course / "classroom" / "submitted") in nobody.stderr
    assert "0learner" not in nobody.stdout.splitlines()[-1]  # no bar is left standing where nothing was graded
    labs.publish(course)
    released = course / "labs" / TOY / f"{TOY}.ipynb"
    submitted = course / "classroom" / "submitted"
    save(submitted / "ada" / TOY / f"{TOY}.ipynb", answered(released))
    save(submitted / "bob" / TOY / f"{TOY}.ipynb", answered(released, double="def double(number):\n    return 7"))
    damaged = submitted / "eve" / TOY / f"{TOY}.ipynb"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("{")
    first = openexperts(course, "grade", TOY)
    waits = "so far (a person still marks in-your-words)"
    assert f"ada: 5 of 9 points {waits}\n" in first.stdout, "nobody's trouble stops the others"
    assert f"bob: 2 of 9 points {waits}\n" in first.stdout
    assert "eve: not graded." in first.stdout and first.returncode == 1
    assert "2 graded.\n1 not graded" in first.stdout and "(eve)" in first.stdout
    assert (course / "classroom" / "feedback" / "ada" / TOY / f"{TOY}.html").is_file()
    assert "Traceback" not in first.stdout + first.stderr
    with Gradebook(f"sqlite:///{course / 'classroom' / 'gradebook.db'}") as gradebook:
        task = next(g for g in gradebook.find_submission(TOY, "ada").notebooks[0].grades if g.auto_score is None)
        task.manual_score, task.needs_manual_grade = 4, False
        gradebook.db.commit()
    page = course / "classroom" / "feedback" / "ada" / TOY / f"{TOY}.html"
    assert "9 of 9 points" not in page.read_text()
    again = openexperts(course, "grade", TOY)
    assert "ada: 9 of 9 points\n" in again.stdout and f"bob: 2 of 9 points {waits}, as before\n" in again.stdout
    assert "9 of 9 points" in page.read_text(), "what a person marked reaches the learner"
    assert "ada: 9 of 9 points, as before" in openexperts(course, "grade", TOY).stdout
    anew = openexperts(course, "grade", TOY, "--again", "--student", "ada")
    assert "ada: 9 of 9 points" in anew.stdout and "bob" not in anew.stdout, "a mark by hand survives"


def test_labs_are_in_step_with_solutions(tmp_path):
    """labs/ is what `openexperts release` makes of solutions/ now, to the byte."""
    course = make_course(tmp_path / "course")
    shutil.rmtree(course / "solutions")
    shutil.copytree(ROOT / "solutions", course / "solutions")
    names = labs.release(course, [])
    assert names == sorted(path.name for path in (ROOT / "labs").iterdir())
    for name in names:
        made, kept = (root / "labs" / name / f"{name}.ipynb" for root in (course, ROOT))
        assert made.read_bytes() == kept.read_bytes(), f"{name}: run `make release`"


def test_a_release_that_cannot_be_made_anew_is_kept(tmp_path):
    course = make_course(tmp_path / "course")
    labs.release(course, [])
    before = (course / "labs" / TOY / f"{TOY}.ipynb").read_bytes()
    (course / "classroom" / "gradebook.db").write_text("this is no data base")
    said = openexperts(course, "release")
    assert said.returncode == 2 and "Traceback" not in said.stderr
    assert (course / "labs" / TOY / f"{TOY}.ipynb").read_bytes() == before


def test_a_damaged_gradebook_is_one_sentence(tmp_path):
    course = make_course(tmp_path / "course")
    labs.release(course, [])
    labs.publish(course)
    save(course / "classroom" / "submitted" / "ada" / TOY / f"{TOY}.ipynb", load(SOLUTION))
    (course / "classroom" / "exchange" / "open-experts" / "inbound").mkdir(parents=True, exist_ok=True)
    (course / "classroom" / "gradebook.db").write_text("this is no data base")
    said = openexperts(course, "grade", TOY)
    assert said.returncode == 2 and "gradebook.db cannot be used" in said.stderr and "Traceback" not in said.stderr


@pytest.mark.parametrize("content", ["", "{", '{"cells": []}', '{"nbformat": 3, "worksheets": []}'])
def test_a_damaged_source_is_one_sentence(tmp_path, content):
    course = make_course(tmp_path / "course")
    (course / "solutions" / TOY / f"{TOY}.ipynb").write_text(content)
    with pytest.raises(CourseError):
        labs.release(course, [])


def test_a_damaged_record_of_what_was_fetched_is_made_again(tmp_path):
    course = make_course(tmp_path / "course")
    labs.release(course, [])
    (course / "classroom").mkdir(exist_ok=True)
    (course / "classroom" / "fetched.json").write_text("[1]")
    assert any("Fetched lab" in sentence for sentence in labs.fetch(course))
