"""nbgrader's settings for the pages that show a learner's work: the feedback, and Formgrader.

In nbgrader_config.py:

    from openexperts.grading.pages import configure_pages

    configure_pages(c)

and "openexperts.grading.sanitise.SanitiseOutputs" last in `c.Autograde.autograde_preprocessors`. This module imports
nothing slow, because every start of JupyterLab reads that file.
"""

from importlib.util import find_spec
from pathlib import Path

from jupyter_core.paths import jupyter_path

TEMPLATES = Path(__file__).parent / "templates"


def configure_pages(c) -> None:
    """Feedback without secrets and without a network; Formgrader without scripts of a learner's, and without MathJax.

    Formgrader names its template and where it is, but its template asks for MathJax by a name that the list of folders
    below resolves: nbconvert's own is behind ours there.
    """
    c.GenerateFeedback.exporter_class = "openexperts.grading.feedback.FeedbackExporter"
    c.GenerateFeedback.preprocessors = ["openexperts.grading.feedback.Feedback"]
    c.HTMLExporter.filters = {"markdown2html": "openexperts.grading.sanitise.markdown_filter"}
    nbgrader = Path(find_spec("nbgrader").origin).parent
    c.HTMLExporter.template_paths = [
        str(TEMPLATES / "formgrader"),
        str(nbgrader / "server_extensions" / "formgrader" / "templates" / "formgrade"),
        *(f"{root}/nbconvert/templates/{name}" for name in ("classic", "base", "") for root in jupyter_path()),
        *jupyter_path(),  # the last two are for templates that name another with its folder
    ]
