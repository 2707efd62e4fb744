"""Where the course's folders are, and nbgrader set up for them.

Nothing here imports nbgrader until it is needed: that takes seconds, and a learner who starts the course for the second
time should not wait for it.
"""

import difflib
import os
import sys
import warnings
from pathlib import Path

import openexperts

COURSE_ID = "open-experts"
CONFIG = "nbgrader_config.py"


class CourseError(Exception):
    """What was asked cannot be done; the text is a sentence for the person who asked."""


def find_root() -> Path:
    """The course's folder: the nearest one around the current folder, else the one this package is installed from."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(openexperts.__file__).resolve().parents[2]):
        if (folder / CONFIG).is_file() and (folder / "pyproject.toml").is_file():
            return folder
    raise CourseError(f"{here} is not inside the course: go to the folder that holds {CONFIG} and run this again.")


def use_programs_of_this_environment() -> None:
    """Put this Python's programs on PATH: nbgrader and JupyterLab start `alembic` and `python` by their bare names."""
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([folder, os.environ.get("PATH", "")])


def lab_names(root: Path, folder: str = "labs") -> list[str]:
    """The names NN-name of the labs in `folder` ("labs" or "solutions"): folders with a notebook of their own name."""
    return sorted(path.stem for path in (root / folder).glob("*/*.ipynb") if path.stem == path.parent.name)


def require_lab(root: Path, lab: str, folder: str = "labs") -> Path:
    """The notebook of `lab` in `folder`, or a sentence that names the labs there are."""
    names = lab_names(root, folder)
    if lab in names:
        return root / folder / lab / f"{lab}.ipynb"
    # The number alone, which 2 shares with no other lab, comes before the nearest spelling, which would be 20-...
    numbered = [name for name in names if lab.isdecimal() and name.split("-")[0].lstrip("0") == lab.lstrip("0")]
    near = numbered or [name for name in names if lab and name.startswith(lab)]
    near = near or difflib.get_close_matches(lab, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names) or 'none yet'}."
    raise CourseError(f"There is no lab {lab!r} in {folder}/; {hint}")


def built_in_exchange() -> bool:
    """Whether labs are handed over on this computer only; OPENEXPERTS_EXCHANGE names a folder that a class shares."""
    return not os.environ.get("OPENEXPERTS_EXCHANGE")


def exchange_folder(root: Path) -> Path:
    """The folder in which labs, submissions and feedback change hands."""
    shared = os.environ.get("OPENEXPERTS_EXCHANGE")
    return Path(shared).expanduser().resolve() if shared else root / "classroom" / "exchange"


def require_exchange() -> None:
    """nbgrader has no exchange on Windows, so that submitting and collecting go another way there."""
    if sys.platform == "win32":
        raise CourseError(
            "nbgrader cannot hand labs over on Windows: collect the files with your school's own system and run "
            "`nbgrader zip_collect`, or do this step under Linux, macOS or WSL."
        )


def nbgrader_config(root: Path):
    """The settings in nbgrader_config.py."""
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader(CONFIG, path=str(root)).load_config()


def nbgrader_for(config):
    """nbgrader's own programming interface with these settings."""
    use_programs_of_this_environment()
    warnings.filterwarnings("ignore", message="Object of type .* not in session")  # SQLAlchemy's; nothing fails
    from nbgrader.apps import NbGraderAPI

    return NbGraderAPI(config=config)


def require_success(result: dict, doing: str) -> None:
    """Raise what nbgrader's interface reports as a failure, as one sentence with the reason it gave."""
    if result["success"]:
        return
    lines = [line.strip() for line in (result.get("log") or "").splitlines()]
    errors = [line.removeprefix("[ERROR]").strip() for line in lines if line.startswith("[ERROR]")]
    reasons = [
        line for line in errors if line and not line.startswith(("Traceback", "There was an error", "Please see"))
    ]
    last = (result.get("error") or "").strip().splitlines()[-1:]
    raise CourseError(f"nbgrader could not {doing}: {(reasons or last or ['it gave no reason'])[0]}")
