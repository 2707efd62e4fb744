"""`openexperts grade`: collect, autograde and give feedback to a class, with a line for each learner.

nbgrader's own steps, one learner at a time, so that one broken submission does not stop the others.
"""

from collections.abc import Iterator
from pathlib import Path

from openexperts.grading.course import (
    COURSE_ID,
    CourseError,
    exchange_folder,
    nbgrader_config,
    nbgrader_for,
    require_exchange,
    require_success,
)
from openexperts.grading.labs import read_notebook, release


def grade(root: Path, lab: str) -> Iterator[tuple[str, bool]]:
    """Yield a line for each learner and whether they were graded. A second call grades only what is new."""
    require_exchange()
    if not (exchange_folder(root) / COURSE_ID / "inbound").is_dir():
        raise CourseError(f"Nobody has submitted yet: {exchange_folder(root)} holds no submissions.")
    config = nbgrader_config(root)
    api = nbgrader_for(config)
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(api.coursedir.db_url, COURSE_ID) as gradebook:
        try:
            gradebook.find_assignment(lab)
        except MissingEntry:
            release(root, [lab])  # this is what tells the gradebook of a lab's cells and points
    require_success(api.collect(lab), f"collect {lab}")
    learners = sorted(api.get_submitted_students(lab))
    if not learners:
        raise CourseError(f"Nobody has submitted {lab} yet.")
    for learner in learners:
        handed_in = Path(api.coursedir.format_path(api.coursedir.submitted_directory, learner, lab))
        # only what came through the exchange has the time stamp by which nbgrader finds its way back
        sent = (handed_in / "timestamp.txt").is_file()
        try:
            read_notebook(handed_in / f"{lab}.ipynb")  # a damaged file is named here, before nbgrader trips over it
            require_success(api.autograde(lab, learner, force=False), f"grade {learner}")
            require_success(api.generate_feedback(lab, learner), f"write {learner}'s feedback")
            if sent:
                require_success(api.release_feedback(lab, learner), f"release {learner}'s feedback")
        except CourseError as error:
            yield f"{learner}: needs a person. {error}", False
        else:
            feedback = "feedback released" if sent else f"feedback is in classroom/feedback/{learner}/{lab}"
            yield f"{learner}: {marks(api.coursedir.db_url, lab, learner)}, {feedback}", True


def marks(db_url: str, lab: str, learner: str) -> str:
    """A learner's marks in words, and what a person still has to mark."""
    from nbgrader.api import Gradebook

    with Gradebook(db_url, COURSE_ID) as gradebook:
        submission = gradebook.find_submission(lab, learner)
        text = f"{submission.score:g} of {submission.max_score:g} points"
        waiting = [
            grade.name for notebook in submission.notebooks for grade in notebook.grades if grade.needs_manual_grade
        ]
    return text + (f" so far (a person still marks {', '.join(waiting)})" if waiting else "")
