"""nbgrader's two hooks: how a submission is read, and how it is executed and judged.

With these in `c.Autograde`, Formgrader's Autograde button, `nbgrader autograde` and its programming interface all grade
through the examiner. Everything before and after stays nbgrader's own:

    c.Autograde.sanitize_preprocessors = [
        "openexperts.grading.preprocessors.Restore", "nbgrader.preprocessors.ClearOutput", ...]
    c.Autograde.autograde_preprocessors = [
        "openexperts.grading.preprocessors.Examine", "nbgrader.preprocessors.SaveAutoGrades", ...,
        "openexperts.grading.sanitise.SanitiseOutputs", ...]
"""

from dataclasses import asdict
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, List, Unicode

from openexperts.grading.examination import Examined, Rules, examine
from openexperts.grading.intake import Finding, Source, restore
from openexperts.grading.sandbox import Limits, unavailable
from openexperts.grading.warm import DEFAULT_IMPORTS, warm_server

NOTE = "openexperts"  # the notebook's metadata about its grading


def source_for(resources: dict) -> Source:
    """The released notebook as the gradebook knows it."""
    about = resources["nbgrader"]
    with Gradebook(about["db_url"]) as gradebook:
        return Source.from_gradebook(gradebook, about["notebook"], about["assignment"])


def note(notebook, findings: list[Finding], **more) -> None:
    """Write into the notebook's metadata what its feedback says about the grading."""
    known = notebook.metadata.get(NOTE, {})
    noted = known.get("findings", []) + [asdict(finding) for finding in findings]
    notebook.metadata[NOTE] = known | more | {"findings": noted}


def record(examined: Examined) -> None:
    """Write down how it went; a finding of the intake that needs a person counts too."""
    notebook = examined.notebook
    note(notebook, examined.findings)
    if examined.state == "graded" and any(finding["needs_person"] for finding in notebook.metadata[NOTE]["findings"]):
        examined.state = "needs a person"
    note(notebook, [], state=examined.state, why=examined.why, usage=examined.usage)


def flag(db_url: str, assignment: str, student: str, flagged: bool) -> None:
    """Formgrader shows a flag, and an export leaves the mark empty, until a person takes it away.

    So does a new submission in which nothing is found.
    """
    with Gradebook(db_url) as gradebook:
        for notebook in gradebook.find_submission(assignment, student).notebooks:
            notebook.flagged = flagged
        gradebook.db.commit()


class Restore(NbGraderPreprocessor):
    """Puts the course's own cells back as they were released, and says what was changed."""

    def preprocess(self, nb, resources):
        note(nb, restore(nb, source_for(resources)))  # drops all metadata: a submission says nothing of its own grading
        return nb, resources


class Examine(NbGraderPreprocessor):
    """Runs a learner's cells in a sandbox and judges them from another process."""

    cell_seconds = Float(120, help="How long a cell or a check may take, in seconds.").tag(config=True)
    total_seconds = Float(900, help="How long a notebook may take, in seconds.").tag(config=True)
    read_only = List(Unicode(), help="More folders that a learner's code may read.").tag(config=True)
    warm_imports = List(Unicode(), list(DEFAULT_IMPORTS), help="Modules imported once, before any submission.").tag(
        config=True
    )
    unsafe_no_sandbox = Bool(
        False, help="Run learners' code with your own rights, where there is no sandbox. Only for people you trust."
    ).tag(config=True)

    def rules(self) -> Rules:
        return Rules(
            cell_seconds=self.cell_seconds,
            total_seconds=self.total_seconds,
            limits=Limits(),
            read_only=tuple(self.read_only),
            sandboxed=not self.unsafe_no_sandbox,
        )

    def preprocess(self, nb, resources):
        if not self.unsafe_no_sandbox and unavailable():
            raise RuntimeError(unavailable())
        files = Path(resources["metadata"]["path"])
        server = warm_server(tuple(self.warm_imports))
        examined = examine(nb, source_for(resources), server, self.rules(), files)
        if examined.state == "not graded":
            raise RuntimeError(f"{resources['nbgrader']['student']} could not be graded: {examined.why}")
        record(examined)
        about = resources["nbgrader"]
        flag(about["db_url"], about["assignment"], about["student"], examined.state == "needs a person")
        return examined.notebook, resources
