"""The command `openexperts`: what learners and teachers type.

Exit codes: 0 done; 1 a check does not pass yet, or a learner could not be graded; 2 what was asked cannot be done, and
a sentence says why; 130 stopped with Ctrl-C. Everything slow is imported by the command that needs it.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openexperts
from openexperts.grading.course import CourseError, find_root, require_lab

MODEL_STAMP = Path("classroom") / "open-model.txt"
BATCHES = 26  # of 128 texts each: the corpus that comes with the course
EXAMPLES = """examples:
  openexperts lab                              open JupyterLab on the first page
  openexperts check 02-experts                 the visible checks of your lab, in words
  openexperts teach                            JupyterLab with Formgrader
  openexperts grade 02-experts                 collect, grade and give feedback to the class
  openexperts export --format moodle           marks for your school's system
  openexperts tour --lab 02-experts            watch a class of three go through every step
  openexperts workshop check 20                is this machine ready for the workshop tomorrow?

`openexperts COMMAND --help` says more about one command.
"""


def lab(arguments) -> int:
    """Bring the open model, fetch the labs, and start JupyterLab."""
    from openexperts import jupyter

    root = find_root()
    port = jupyter.choose_port(arguments.port)  # say what is wrong before the slow steps
    jupyter.first_page(root, arguments.page)
    if arguments.command == "lab":
        bring_model_once(root)
    from openexperts.grading.labs import fetch

    for sentence in fetch(root):
        print(sentence)
    view = "learner" if arguments.command == "lab" else "teacher"
    jupyter.start(root, view, arguments.page, port if arguments.port else None, not arguments.no_browser)
    return 0


def bring_model_once(root: Path) -> None:
    """Run `openexperts model`, unless it worked before and the model is still where it was put.

    A process of its own, so that the server does not carry torch. Without the model the course opens all the same: what
    needs it says so itself.
    """
    try:
        known, place = (root / MODEL_STAMP).read_text(encoding="utf-8").splitlines()
        if known == wanted_model() and (known or Path(place).is_dir()):
            return
    except (OSError, ValueError):
        pass
    print("Looking for the open model; the first time this takes some seconds.", flush=True)
    if subprocess.call([sys.executable, "-m", "openexperts.cli", "model"], cwd=root) != 0:
        print("The course opens without the open model: unit 01 needs it, unit 02 does not.", flush=True)


def model(arguments) -> int:
    """Bring the open model, and note where it is, so that the next start need not look."""
    from openexperts.open_model import OpenModelError, prepare

    try:
        place = prepare()
    except OpenModelError as error:
        raise CourseError(f"The open model: {error}") from None
    stamp = find_root() / MODEL_STAMP
    stamp.parent.mkdir(mode=0o700, exist_ok=True)
    stamp.write_text(f"{wanted_model()}\n{place}\n", encoding="utf-8")
    return 0


def corpus(arguments) -> int:
    """Let the open model write a corpus, and say what was kept."""
    from openexperts import writing
    from openexperts.open_model import OpenModelError

    folder = arguments.to or find_root() / "classroom" / "corpus"
    try:
        record = writing.make(folder, arguments.batches)
    except OpenModelError as error:
        raise CourseError(f"The open model: {error}") from None
    written, kept, file = record["written"], record["kept"], folder / "written.npz"
    thrown_out = ", ".join(f"{count:,} ({why})" for why, count in record["thrown out"].items())
    print(f"Written: {written['texts']:,} texts, {written['tokens']:,} tokens. Thrown out: {thrown_out}.")
    print(f"Kept: {kept['texts']:,} texts, {kept['tokens']:,} tokens, {kept['share known']:.1%} in the vocabulary.")
    print(f"Beside each token: the {writing.TOP_K} likeliest of the distribution that it was drawn from.")
    print(f"Wrote {file} ({file.stat().st_size / 1e6:.2f} MB) and, beside it, how it was made.")
    return 0


def wanted_model() -> str:
    return os.environ.get("OPENEXPERTS_MODEL", "").strip()


def check(arguments) -> int:
    """Run a lab's visible checks."""
    from openexperts.grading.checking import Result, check
    from openexperts.grading.labs import released_notebook

    root = find_root()
    release = released_notebook(root, arguments.lab)
    notebook = arguments.notebook or root / "my-labs" / arguments.lab / f"{arguments.lab}.ipynb"
    if notebook.is_dir():
        raise CourseError(f"{notebook} is a folder: name the notebook in it, {notebook / arguments.lab}.ipynb.")
    if not notebook.is_file():
        hint = "" if arguments.notebook else " Run `openexperts lab` once: it fetches every lab."
        raise CourseError(f"There is no file {notebook}.{hint}")
    if arguments.timeout < 1:
        raise CourseError("--timeout is a number of seconds, 1 or more.")
    shown = notebook.relative_to(root) if notebook.is_relative_to(root) else notebook
    saved = ago(time.time() - notebook.stat().st_mtime)
    print(f"Running {shown}, saved {saved}, in a fresh kernel; a cell may take {arguments.timeout} s.")
    print("Changed in JupyterLab since? Then save it there (Ctrl + S) and start this again.\n", flush=True)
    results = []
    for item in check(notebook, release, arguments.timeout):
        if isinstance(item, Result):
            results.append(item)
            item = describe(item)
        print(item, flush=True)
    print("\n" + summary(results))
    return 0 if all(result.passed for result in results if result.part.checks) else 1


def ago(seconds: float) -> str:
    """A time that has passed, in its largest unit."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            number = int(seconds // length)
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return "just now"


def describe(result) -> str:
    """One part's result, in words."""
    part = result.part
    if not part.checks:
        state = "; ".join(["written", *result.messages]) if result.passed else "not written yet"
        return f"{part.title}: {state}; a person marks it ({points(part.person_points)})"
    if result.passed:
        return f"{part.title}: passed ({part.visible_points:g} of {part.visible_points:g} visible points)"
    text = "\n".join(result.messages)
    text = text if len(text) < 4000 else text[:4000] + "\n... (the rest is left out)"
    text = text.replace("\n", "\n    ")
    return f"{part.title}: not yet (0 of {part.visible_points:g} visible points)\n    {text}"


def summary(results) -> str:
    """Where the learner stands, and what is not known yet."""
    visible = [result for result in results if result.part.checks]
    have = sum(result.part.visible_points for result in visible if result.passed)
    lines = [f"Visible checks: {have:g} of {points(sum(result.part.visible_points for result in visible))}."]
    hidden = sum(result.part.hidden_points for result in results)
    person = sum(result.part.person_points for result in results)
    if hidden:
        lines.append(f"More checks run when you submit: {points(hidden)}.")
    if person:
        lines.append(f"A person marks: {points(person)}.")
    return " ".join(lines)


def points(number: float) -> str:
    return f"{number:g} point" if number == 1 else f"{number:g} points"


def release(arguments) -> int:
    """Make labs/ from solutions/."""
    from openexperts.grading.labs import release

    root = find_root()
    for name in release(root, arguments.labs):
        print(f"Released labs/{name}/{name}.ipynb")
    return 0


def grade(arguments) -> int:
    """Collect, examine, and give feedback."""
    from tqdm import tqdm

    from openexperts.grading.course import nbgrader_config, require_exchange

    root = find_root()
    require_lab(root, arguments.lab, "solutions")
    require_exchange()
    from openexperts.grading.classroom import Options, give_feedback, grade  # not where there is no exchange: Windows
    from openexperts.grading.labs import release_if_unknown

    if arguments.unsafe_no_sandbox:
        print("No sandbox: learners' code runs with your own rights. Grade only people you trust.\n", flush=True)
    config = nbgrader_config(root)
    release_if_unknown(root, arguments.lab)
    options = Options(
        students=tuple(arguments.student),
        workers=arguments.workers,
        scheduler=arguments.scheduler,
        collect=not arguments.resume,
        again=arguments.again,
        unsafe_no_sandbox=arguments.unsafe_no_sandbox,
    )
    outcomes = []
    naming = {"desc": f"grading {arguments.lab}", "unit": "learner", "file": sys.stdout}
    with saying_that_it_stops() as go_on:
        with tqdm(**naming, leave=False) as bar:  # nothing to leave where nobody is graded

            def begin(total: int) -> None:
                bar.leave = True
                bar.reset(total)

            for outcome in grade(config, arguments.lab, options, on_total=begin):
                go_on()
                outcomes.append(outcome)
                bar.write(graded(outcome), file=sys.stdout)
                bar.update()
        ready = [outcome.student for outcome in outcomes if outcome.fresh]
        for student in tqdm(ready, desc="feedback", unit="learner", file=sys.stdout, disable=not ready):
            give_feedback(config, arguments.lab, student)
            go_on()
    print("\n" + class_summary(outcomes), flush=True)
    return 1 if any(outcome.state == "not graded" for outcome in outcomes) else 0


@contextlib.contextmanager
def saying_that_it_stops():
    """While this holds, Ctrl-C gets an answer at once: what runs takes some seconds to end.

    Gives what to call between two steps: nbgrader catches a KeyboardInterrupt as it does any error of its own, and
    Python drops one that comes while it clears an object away; this raises it again.
    """
    stopped = False

    def stop(*_) -> None:
        nonlocal stopped
        stopped = True
        signal.signal(signal.SIGINT, before)
        print("\nStopping. What is graded is kept; the same command goes on from there.", file=sys.stderr, flush=True)
        raise KeyboardInterrupt

    def go_on() -> None:
        if stopped:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield go_on
    except CourseError:  # what nbgrader made of it
        go_on()
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def graded(outcome) -> str:
    """A learner's line: marks, what a person still does, and what was found."""
    if outcome.state == "not graded":
        words = f"not graded. {outcome.why}"
    else:
        words = f"{outcome.score:g} of {points(outcome.max_score)}"
        words += f" so far (a person still marks {', '.join(outcome.waiting)})" if outcome.waiting else ""
        words += "" if outcome.fresh else ", as before"
    flags = [f"\n    ! {finding['words']}" for finding in outcome.findings if finding["words"] not in outcome.why]
    return f"{outcome.student}: {words}{''.join(flags)}"


def class_summary(outcomes) -> str:
    """How many of each kind, and whom to look at."""
    lines = []
    states = {
        "graded": "graded",
        "needs a person": "graded, and a person should look",
        "not graded": "not graded: no mark was given, and an export leaves theirs empty",
    }
    for state, words in states.items():
        names = [outcome.student for outcome in outcomes if outcome.state == state]
        if names:
            listed = "" if state == "graded" else f" ({', '.join(names)})"
            lines.append(f"{len(names)} {words}{listed}.")
    return "\n".join(lines)


def export(arguments) -> int:
    """Write marks for another system."""
    from nbgrader.api import Gradebook

    from openexperts.grading.course import COURSE_ID, nbgrader_config, nbgrader_for
    from openexperts.grading.exports import NOT_MARKED, export

    root = find_root()
    for lab in arguments.labs:
        require_lab(root, lab, "solutions")
    to = arguments.to or Path(f"{arguments.format}.csv")
    api = nbgrader_for(nbgrader_config(root))
    with Gradebook(api.coursedir.db_url, COURSE_ID) as gradebook:
        unmarked = export(gradebook, arguments.format, str(to), arguments.labs, arguments.missing_is_zero)
        learners = len(gradebook.students)
    print(f"Wrote {to}." if learners else f"Wrote {to}, with no learner in it: nothing has been graded yet.")
    for row in unmarked:
        print(f"No mark for {row.student} in {row.lab}: {row.state}.")
    if any(row.state == NOT_MARKED for row in unmarked):
        print("Not yet marked: an essay waits for you in Formgrader, Manual Grading (docs/grading.md says where).")
    return 0


def deploy(arguments) -> int:
    """Print what starts a grading on a cluster: deploy/ with its blanks filled in."""
    import json
    import shlex
    from string import Template

    root = find_root()
    require_lab(root, arguments.lab, "solutions")
    blanks = {"workers": arguments.workers}
    if arguments.cluster == "slurm":
        form = "slurm.sh"
        blanks |= {"lab": shlex.quote(arguments.lab), "root": shlex.quote(str(root))}
    else:
        form = "kubernetes.yaml"
        if not arguments.image:
            raise CourseError("--image names the image made from the Dockerfile, as in registry/openexperts:1.")
        blanks |= {"lab": json.dumps(arguments.lab), "image": json.dumps(arguments.image)}  # JSON's text is YAML's too
    print(Template((root / "deploy" / form).read_text(encoding="utf-8")).safe_substitute(blanks), end="")
    return 0


def tour(arguments) -> int:
    """Play a whole class."""
    from openexperts.grading.tour import tour

    root = find_root()
    for line in tour(root, arguments.lab, arguments.keep):
        print(line, flush=True)
    return 0


def kit(arguments) -> int:
    """Write the learner's zip."""
    from openexperts.grading.kit import write_kit

    path, n_files = write_kit(find_root())
    print(f"Wrote {path} ({n_files} files, {path.stat().st_size / 1e6:.1f} MB)")
    return 0


def workshop(arguments) -> int:
    """Make a workshop's pages and slides, or say whether the machine is ready for it."""
    from openexperts import workshops

    root = find_root()
    if arguments.do == "check":
        if len(arguments.numbers) != 1:
            raise CourseError("Which workshop? Name one, as in: openexperts workshop check 20")
        return workshop_check(workshops.find(root, arguments.numbers[0]))
    from tqdm import tqdm

    chosen = [workshops.find(root, number) for number in arguments.numbers] or workshops.workshops(root)
    for one in chosen:
        if workshops.up_to_date(one):
            print(f"{one.name}: up to date, in {one.made.relative_to(root)}", flush=True)
            continue
        with tqdm(total=workshops.STEPS, desc=one.name, unit="page", file=sys.stdout) as bar:
            for step in workshops.make(one):
                bar.set_postfix_str(step)
                bar.update()
        print(f"{one.name}: in {one.made.relative_to(root)}", flush=True)
    return 0


def workshop_check(one) -> int:
    """A line for each thing that a facilitator's machine needs."""
    from openexperts import workshops

    print(f"Workshop {one.name}: is this machine ready? (Some seconds.)\n", flush=True)
    to_do = 0
    for finding in workshops.check(one):
        to_do += not finding.ok
        print(f"  {'ok   ' if finding.ok else 'TO DO'}  {finding.what}: {finding.words}", flush=True)
    print("\n" + ("Ready." if not to_do else f"Not ready: {to_do} to do. Then start this again."))
    return 1 if to_do else 0


def positive(text: str) -> int:
    """A whole number, 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number, 1 or more, was expected, not {text!r}")
    return int(text)


def parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser(
        prog="openexperts", description="A course on open models and Mixture of Experts.", epilog=EXAMPLES,
        formatter_class=form,
    )  # fmt: skip
    top.add_argument("--version", action="version", version=f"openexperts {openexperts.__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name, run, says, example):
        command = commands.add_parser(
            name, help=says, description=says[0].upper() + says[1:] + ".", formatter_class=form,
            epilog=f"example:\n  openexperts {example}",
        )  # fmt: skip
        command.set_defaults(run=run)
        return command

    for name, says, example in (
        ("lab", "open JupyterLab on the first page, with every lab fetched", "lab notebooks/02-experts.ipynb"),
        ("teach", "open the teacher's JupyterLab, with Create Assignment and Formgrader", "teach --port 9000"),
    ):
        command = add(name, lab, says, example)
        command.add_argument("page", nargs="?", metavar="PAGE", help="a notebook to open instead of the first page")
        command.add_argument("--port", type=int, help="the port of the server (default: the first free one from 8888)")
        command.add_argument("--no-browser", action="store_true", help="print the address and open no browser")

    command = add("check", check, "run the visible checks of a lab and say in words how each part does",
                  "check 02-experts --timeout 120")  # fmt: skip
    command.add_argument("lab", metavar="LAB", help="the lab's name, as in 02-experts")
    command.add_argument("--notebook", type=Path, metavar="PATH", help="the notebook (default: yours in my-labs/)")
    command.add_argument("--timeout", type=int, default=60, metavar="SECONDS", help="for each cell (default: 60)")

    add("model", model, "bring the open model to this computer, once", "model")

    command = add("corpus", corpus, "let the open model write a corpus to distil from", "corpus make --batches 2")
    command.description += " A batch takes about a minute. Ended at any moment, the same command goes on."
    command.add_argument(
        "do", choices=["make"], metavar="make", help="make: write what is missing, sift it, and pack it"
    )
    command.add_argument("--batches", type=positive, default=BATCHES, metavar="N",
                         help=f"how many batches of texts (default: {BATCHES}, as in the course)")  # fmt: skip
    command.add_argument("--to", type=Path, metavar="FOLDER", help="where (default: classroom/corpus)")

    command = add("release", release, "make labs/ from solutions/", "release 02-experts")
    command.add_argument("labs", nargs="*", metavar="LAB", help="the labs to release (default: all)")

    command = add("grade", grade, "collect, grade and give feedback for one lab", "grade 02-experts --workers 2")
    command.description += " Ended at any moment, the next call goes on from there."
    command.add_argument("lab", metavar="LAB", help="the lab's name, as in 02-experts")
    command.add_argument(
        "--student", action="append", default=[], metavar="NAME", help="only this one; may be repeated"
    )
    command.add_argument("--workers", type=positive, default=0, metavar="N",
                         help="how many submissions at once (default: one for each processor)")  # fmt: skip
    command.add_argument("--scheduler", default="", metavar="ADDRESS", help="a dask scheduler's, as in tcp://host:8786")
    command.add_argument("--resume", action="store_true", help="collect nothing new: finish what the last run began")
    command.add_argument("--again", action="store_true", help="grade what was graded before, too; marks by hand stay")
    command.add_argument("--unsafe-no-sandbox", action="store_true",
                         help="run learners' code with your own rights where there is no sandbox")  # fmt: skip

    command = add("export", export, "write the marks for another system; what is not graded stays empty",
                  "export --format canvas --to marks.csv 02-experts")  # fmt: skip
    command.add_argument("labs", nargs="*", metavar="LAB", help="the labs (default: all)")
    command.add_argument("--format", choices=["nbgrader", "canvas", "moodle"], default="nbgrader", help="whose form")
    command.add_argument("--to", type=Path, metavar="FILE", help="the file (default: FORMAT.csv here)")
    command.add_argument("--missing-is-zero", action="store_true", help="a lab that nobody handed in counts 0")

    command = add("deploy", deploy, "print what grades a lab on a cluster (deploy/README.md)",
                  "deploy slurm 02-experts --workers 8 > grade.sh")  # fmt: skip
    command.add_argument("cluster", choices=["slurm", "kubernetes"], help="which kind")
    command.add_argument("lab", metavar="LAB", help="the lab's name, as in 02-experts")
    command.add_argument("--workers", type=positive, default=4, metavar="N",
                         help="how many submissions at once (default: 4)")  # fmt: skip
    command.add_argument("--image", default="", help="for Kubernetes: the image that was made from the Dockerfile")

    command = add("tour", tour, "play a class of three through every step, in a temporary folder", "tour --keep")
    command.add_argument("--lab", default="02-experts", metavar="LAB", help="the lab (default: 02-experts)")
    command.add_argument("--keep", action="store_true", help="keep the folder, to look at it")

    command = add("workshop", workshop, "make a workshop's pages and slides, or check a room's machine",
                  "workshop check 20")  # fmt: skip
    command.add_argument(
        "do",
        choices=["make", "check"],
        metavar="{make,check}",
        help="make: what is new or changed; check: the day before",
    )
    command.add_argument(
        "numbers", nargs="*", default=[], metavar="NUMBER", help="which, as in 20 (make: all if none is named)"
    )

    add("kit", kit, "write dist/open-experts-VERSION.zip for learners, without solutions or tests", "kit")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; every error a person can mend is one sentence on stderr."""
    typed = sys.argv[1:] if arguments is None else arguments
    if not typed:  # who does not know what to type gets the list, and not only "COMMAND is missing"
        parser().print_help(sys.stderr)
        return 2
    chosen = parser().parse_args(typed)
    sys.stdout.reconfigure(errors="backslashreplace")  # a learner's text may hold what this terminal cannot show
    try:
        return chosen.run(chosen)
    except CourseError as error:
        print(f"openexperts: {error}", file=sys.stderr)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"openexperts: {place}{error.strerror or error}", file=sys.stderr)
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy"):
            raise
        place = find_root() / "classroom" / "gradebook.db"
        said = str(error).splitlines()[0]
        what = f"cannot be used ({said}). "
        if place.exists() and not os.access(place, os.R_OK | os.W_OK):
            what = "is not yours to read and write."
        elif "locked" in said:
            what += "Another program writes to it, Formgrader or another command: wait until it is done, and try again."
        else:
            what += "Rename the file to keep it, or put a copy of yours back; without one a new gradebook is made."
        print(f"openexperts: the gradebook {place} {what}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nopenexperts: stopped.", file=sys.stderr)
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())
