"""nbgrader's settings for this course.

solutions/ is the source and labs/ the release. All that belongs to one class or one learner is under classroom/ and
my-labs/, which are not in git. Paths are absolute, because JupyterLab's Assignment List reads this file from more than
one folder.
"""

import os
import sys
from pathlib import Path

from openexperts.grading.pages import configure_pages

c = get_config()  # noqa: F821  (nbgrader puts this function here)
root = Path(__file__).resolve().parent
classroom = root / "classroom"

# nbgrader starts `alembic` by its bare name, so the environment's programs must be on PATH.
programs = str(Path(sys.executable).parent)
if programs not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])

c.CourseDirectory.course_id = "open-experts"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.submitted_directory = "classroom/submitted"
c.CourseDirectory.autograded_directory = "classroom/autograded"
c.CourseDirectory.feedback_directory = "classroom/feedback"
c.CourseDirectory.solution_directory = "classroom/solution"
c.CourseDirectory.source_with_tests_directory = "classroom/source_with_tests"
c.CourseDirectory.db_url = f"sqlite:///{classroom.as_posix()}/gradebook.db"
# A lab is a notebook and the data files beside it; nothing else goes to learners or comes back from them.
c.CourseDirectory.ignore = [
    ".*",
    "__pycache__",
    "*.py",
    "*.pyc",
    "*.bak",
    "*~",
    "*-checkpoint.ipynb",
    "Untitled*",
    "feedback",
]

# The built-in exchange is for a class, or one learner, on this computer. A class that shares a folder names it.
shared = os.environ.get("OPENEXPERTS_EXCHANGE")
exchange = Path(shared).expanduser().resolve() if shared else classroom / "exchange"
classroom.mkdir(mode=0o700, exist_ok=True)  # marks are nobody else's business
if not shared and not exchange.is_dir():
    exchange.mkdir()
    exchange.chmod(0o777)  # nbgrader asks that anybody can write to an exchange
c.Exchange.root = str(exchange)
c.Exchange.cache = str(classroom / "cache")
c.Exchange.assignment_dir = str(root / "my-labs")

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.OverwriteCells.add_missing_cells = True  # a deleted check is put back, and so is marked

# Autograde and the Validate button run notebooks with the same `Execute`, so these settings hold for both.
seconds = 120  # nbgrader's own 30 s stop honest work on a slow laptop
c.Execute.timeout = seconds
stopped = f"This cell did not finish within {seconds} s and was stopped. Is there a loop that never ends?"
c.Execute.error_on_timeout = {"ename": "CellTimeoutError", "evalue": stopped, "traceback": [stopped]}
# A check cell with anything on stderr scores 0, and libraries warn there. IgnorePattern would help Autograde only, so
# the kernel itself sends that text to stdout, where a person can still read it.
c.Execute.extra_arguments = [
    "--IPKernelApp.exec_lines=import sys; sys.stderr.name = 'stdout'; del sys",
    "--IPKernelApp.log_level=ERROR",  # else every kernel warns of its TCP connection within this computer
]

# Autograde, in `nbgrader autograde` and in Formgrader, goes through the examiner: a learner's cells run in a sandbox,
# and another process judges them. `Execute` above is for Validate.
c.Autograde.sanitize_preprocessors = [
    "openexperts.grading.preprocessors.Restore",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "openexperts.grading.preprocessors.Examine",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "openexperts.grading.sanitise.SanitiseOutputs",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Examine.cell_seconds = seconds
c.ExchangeFactory.collect = "openexperts.grading.collecting.SafeCollect"
c.ExportApp.plugin_class = "openexperts.grading.exports.NbgraderCsv"  # "not graded" is no 0
configure_pages(c)  # feedback and Formgrader: no hidden checks, no scripts of a learner's, no network
