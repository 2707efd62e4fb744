"""`openexperts tour`: a class of three in a temporary folder, from release to the marks in a table.

The learners are one who is right (the solution's answers), one who answers the first half, and one who hands in the
blank lab. Every step is nbgrader's own, with the course's own settings.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from tqdm import tqdm

from openexperts.grading.course import (
    CONFIG,
    COURSE_ID,
    nbgrader_config,
    nbgrader_for,
    require_exchange,
    require_lab,
    require_success,
)
from openexperts.grading.labs import grade_id, is_answer, is_task, read_notebook

LEARNERS = {"right": 1.0, "half-right": 0.5, "blank": 0.0}  # name: share of the answers, and of a person's points
WORDS = "The tour writes this in place of a learner's own words."


def tour(root: Path, lab: str, keep: bool) -> Iterator[str]:
    """Play the class; yield what to print."""
    require_exchange()
    source = require_lab(root, lab, "solutions")
    folder = Path(tempfile.mkdtemp(prefix="open-experts-tour-"))
    shared = os.environ.pop("OPENEXPERTS_EXCHANGE", None)  # never hand a make-believe class in to a real one
    try:
        course = folder / "course"
        shutil.copytree(source.parent, course / "solutions" / lab)
        shutil.copy(root / CONFIG, course / CONFIG)
        yield from _play(course, folder / "learners", lab)
        if keep:
            yield f"\nThe folder is kept: {folder}"
    finally:
        if shared is not None:
            os.environ["OPENEXPERTS_EXCHANGE"] = shared
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _play(course: Path, learners: Path, lab: str) -> Iterator[str]:
    from openexperts.grading.sandbox import unavailable  # which Windows could not import; it never gets here

    config = nbgrader_config(course)
    if unavailable():  # what runs here are the course's own answers, so the tour is to be had without a sandbox too
        config.Examine.unsafe_no_sandbox = True
    teacher = nbgrader_for(config)
    apis = {name: _learner(course, learners / name, name) for name in LEARNERS}
    with tqdm(total=5 + 7 * len(LEARNERS), unit="step", leave=False) as bar:

        def step(doing: str, result: dict | None = None) -> None:
            bar.set_description(doing)
            bar.update()
            if result is not None:
                require_success(result, doing)

        step(f"release {lab}", teacher.generate_assignment(lab))
        step(f"put {lab} into the exchange", teacher.release_assignment(lab))
        for name, api in apis.items():
            _exchange(api, "FetchAssignment", lab)
            step(f"{name} fetches")
            copy = learners / name / lab / f"{lab}.ipynb"
            _answer(copy, course / "solutions" / lab / f"{lab}.ipynb", LEARNERS[name])
            step(f"{name} answers")
            _exchange(api, "Submit", lab)
            step(f"{name} submits")
        step("collect", teacher.collect(lab))
        for name, share in LEARNERS.items():
            bar.set_description(f"autograde {name}")
            step(f"autograde {name}", teacher.autograde(lab, name))
            _mark_by_hand(teacher.coursedir.db_url, lab, name, share)
            step(f"mark {name}'s words")
            step(f"write feedback for {name}", teacher.generate_feedback(lab, name))
        step("release feedback", teacher.release_feedback(lab))
        for name, api in apis.items():
            _exchange(api, "FetchFeedback", lab)
            step(f"{name} fetches feedback")
        export = course / "classroom" / "grades.csv"
        rows = _gradebook(teacher.coursedir.db_url, lab, export)
        step("export")
    yield f"A class of {len(LEARNERS)} did {lab}: released, fetched, submitted, collected, graded, marked, exported.\n"
    yield f"{'learner':<12}{'checks':>10}{'by a person':>14}{'total':>10}{'of':>8}   feedback"
    for name, checks, person, total, most in rows:
        found = any((learners / name / lab / "feedback").rglob(f"{lab}.html"))
        yield f"{name:<12}{checks:>10g}{person:>14g}{total:>10g}{most:>8g}   {'fetched' if found else 'MISSING'}"
    yield f"\nThe export has {len(export.read_text().splitlines()) - 1} rows."


def _learner(course: Path, folder: Path, name: str):
    """nbgrader as this learner has it: the class's exchange, and folders of their own."""
    folder.mkdir(parents=True)
    config = nbgrader_config(course)
    config.CourseDirectory.student_id = name
    config.Exchange.assignment_dir = str(folder)
    config.Exchange.cache = str(folder / ".cache")
    return nbgrader_for(config)


def _exchange(api, action: str, lab: str) -> None:
    """Do one of nbgrader's exchange steps as the learner of `api`."""
    api.coursedir.assignment_id = lab
    getattr(api.exchange, action)(coursedir=api.coursedir, authenticator=api.authenticator, parent=api).start()


def _answer(path: Path, solution_path: Path, share: float) -> None:
    """Write the first `share` of the solution's answers, and some words, into the learner's notebook."""
    notebook = read_notebook(path)
    solutions = {grade_id(cell): _unmarked(cell) for cell in read_notebook(solution_path).cells if is_answer(cell)}
    answered = list(solutions)[: round(share * len(solutions))]
    after_question = False
    for cell in notebook.cells:
        if grade_id(cell) in answered:
            cell.source = solutions[grade_id(cell)]
        elif after_question and share:
            cell.source = WORDS
        after_question = is_task(cell)
    nbformat.write(notebook, path)


def _unmarked(cell) -> str:
    """An answer without nbgrader's marks around it."""
    return "\n".join(
        line for line in cell.source.splitlines() if "### BEGIN SOL" not in line and "### END SOL" not in line
    )


def _mark_by_hand(db_url: str, lab: str, name: str, share: float) -> None:
    """Give `share` of the points wherever a person has to mark."""
    from nbgrader.api import Gradebook

    with Gradebook(db_url, COURSE_ID) as gradebook:
        for notebook in gradebook.find_submission(lab, name).notebooks:
            for grade in notebook.grades:
                if grade.auto_score is None:
                    grade.manual_score, grade.needs_manual_grade = share * grade.max_score, False
        gradebook.db.commit()


def _gradebook(db_url: str, lab: str, export: Path) -> list[tuple[str, float, float, float, float]]:
    """Each learner's points from checks, from a person, in all, and the most there is; and nbgrader's CSV export."""
    from nbgrader.api import Gradebook
    from nbgrader.plugins import CsvExportPlugin

    rows = []
    with Gradebook(db_url, COURSE_ID) as gradebook:
        for name in LEARNERS:
            submission = gradebook.find_submission(lab, name)
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            checks = sum(grade.auto_score for grade in grades if grade.auto_score is not None)
            rows.append((name, checks, submission.score - checks, submission.score, submission.max_score))
        plugin = CsvExportPlugin()
        plugin.to = str(export)
        plugin.export(gradebook)
    return rows
