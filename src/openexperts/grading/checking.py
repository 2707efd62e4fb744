"""`openexperts check`: a learner's notebook in a fresh kernel, and what each graded part gives, in words.

The checks and every other locked cell are taken from the release, so that what is said here is what a teacher's
computer will say, whatever happened to those cells in the learner's copy.
"""

import copy
import json
import logging
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_client.jsonutil import json_default
from jupyter_client.session import json_packer

from openexperts.grading.labs import (
    Part,
    grade_id,
    is_answer,
    is_check,
    is_locked,
    is_task,
    parts,
    read_notebook,
)
from openexperts.grading.names import COMPARISON

UNWRITTEN = "not written yet: it still says `raise NotImplementedError`"  # as openexperts.checks has it, too
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass
class Result:
    """One part, checked."""

    part: Part
    passed: bool
    messages: list[str] = field(default_factory=list)


def assemble(learner, release) -> tuple[object, list[str]]:
    """The learner's notebook with the release's locked cells, and a sentence for each thing that was put right."""
    notebook, notes = copy.deepcopy(learner), []
    originals = {grade_id(cell): cell for cell in release.cells if grade_id(cell)}
    seen = set()
    for position in reversed(range(len(notebook.cells))):  # nbgrader keeps the last of two cells with one id
        cell = notebook.cells[position]
        name = grade_id(cell)
        if name not in originals:
            continue
        if name in seen:
            notes.append(f"Two cells have the id {name!r}; the last one counts. Delete the other.")
            cell.metadata.pop("nbgrader")
            continue
        seen.add(name)
        original = originals[name]
        if is_locked(original):
            if (cell.source, cell.cell_type) != (original.source, original.cell_type):
                notes.append(f"The locked cell {name!r} differs from the release; the released one was run.")
            notebook.cells[position] = copy.deepcopy(original)
    before = None
    for name, original in originals.items():
        if name not in seen:
            if is_locked(original):
                notes.append(f"The locked cell {name!r} is missing from your notebook; the released one was run.")
            else:
                notes.append(f"The answer cell {name!r} is missing from your notebook: copy it from the released lab.")
            position = 0
            if before is not None:
                position = 1 + next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == before)
            notebook.cells.insert(position, copy.deepcopy(original))
        before = name
    return notebook, notes


def check(notebook_path: Path, release_path: Path, timeout: int) -> Iterator[str | Result]:
    """Run the notebook and yield sentences about it and the result of each part, as soon as they are known."""
    release = read_notebook(release_path)
    notebook, notes = assemble(read_notebook(notebook_path), release)
    yield from notes
    todo = parts(release)
    last_cell = _last_cells(notebook, todo)
    answers = {name: part for part in todo for name in part.answers}
    troubles: dict[str, list[str]] = {part.title: [] for part in todo}  # what stopped a part's answers
    stopped, ungraded = "", []
    for index, cell, problem in _run(notebook, notebook_path.parent, timeout):
        if problem and not cell:
            stopped = problem
        elif problem and is_check(cell):
            part = next(part for part in todo if grade_id(cell) in part.checks)
            troubles[part.title].append(_with_pictures(cell, problem))
        elif problem and is_answer(cell) and grade_id(cell) in answers:
            troubles[answers[grade_id(cell)].title].append(f"Your cell {grade_id(cell)!r} {problem}")
        elif UNWRITTEN in problem:
            pass  # its part says so; this cell only tries what the part will give
        elif problem and is_locked(cell):  # what the next parts stand on
            yield f"The {_name(cell)} {problem}"
        elif problem:
            ungraded.append(f"the {_name(cell)} {problem.splitlines()[0]}")
        elif is_locked(cell) and not is_check(cell):
            yield from _stand_ins(cell)
        for part in [part for part in todo if last_cell[part.title] == index]:
            yield _result(part, troubles[part.title], notebook, release)
            todo.remove(part)
        if stopped:
            break
    for part in todo:
        first = [stopped] if part is todo[0] and stopped else []
        yield Result(part, False, first or ["It was not run, because the notebook stopped before it."])
    if ungraded:
        others = f" So did {len(ungraded) - 1} more." if len(ungraded) > 1 else ""
        yield f"Not graded: {ungraded[0].rstrip('.')}.{others}"


def _result(part: Part, messages: list[str], notebook, release) -> Result:
    if part.person_points and not part.checks:
        return _essay(part, notebook, release)
    # the learner's own cell explains more than the NameError that follows from it
    own = [message for message in messages if message.startswith("Your cell")]
    return Result(part, not messages, own or messages)


def _stand_ins(cell) -> list[str]:
    """A sentence for each part that the lab's own cell says it put a reference in the place of."""
    printed = [output.text for output in cell.get("outputs", []) if output.get("name") == "stdout"]
    lines = [line.split(maxsplit=1) for line in "".join(printed).splitlines() if f"the {COMPARISON}" in line]
    return [f"For {words[0].rstrip(':')}, what follows uses {words[1].rstrip('.')}." for words in lines]


def _name(cell) -> str:
    """A cell, in words by which a learner finds it: JupyterLab shows no ids and does not number text."""
    first_line = next(iter(cell.source.strip().splitlines()), "")
    return f"cell {grade_id(cell)!r}" if grade_id(cell) else f"cell that begins `{first_line[:40]}`"


def _last_cells(notebook, todo: list[Part]) -> dict[str, int]:
    """For each part, the position of the last of its cells: when that has run, the part is known."""
    places = {grade_id(cell): position for position, cell in enumerate(notebook.cells) if grade_id(cell)}
    return {part.title: max(places[name] for name in part.cells) for part in todo}


def _essay(part: Part, notebook, release) -> Result:
    """Whether words of the learner's own follow the question, up to the next heading, and how many of how many asked.

    The count is no judgement, but one sentence is not to look like a whole answer.
    """
    released = {cell.source.strip() for cell in release.cells} | {""}
    after_question, words = False, []
    for cell in notebook.cells:
        if is_task(cell):
            after_question = grade_id(cell) in part.cells
        elif after_question and cell.cell_type == "markdown" and cell.source.strip() not in released:
            words += cell.source.split()
    question = "\n".join(cell.source for cell in release.cells if is_task(cell) and grade_id(cell) in part.cells)
    asked = re.search(r"\b[Ii]n (\d+ to \d+) words", question)
    spaced = len("".join(words)) < 15 * len(words)  # some scripts have no spaces between words
    counted = f"{len(words)} {'word' if len(words) == 1 else 'words'}, {asked[1]} are asked" if asked and spaced else ""
    return Result(part, bool(words), [counted] if counted else [])


def _run(notebook, folder: Path, timeout: int):
    """Execute the code cells one after the other; yield position, cell and what went wrong in it, in words.

    A notebook that cannot go on gives a last item whose cell is None.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    too_long = f"did not finish within {timeout} s and was stopped. Is there a loop that never ends?"
    replies = {}
    client = NotebookClient(
        notebook,
        timeout=timeout,
        allow_errors=True,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": "CellTimeoutError", "evalue": too_long, "traceback": [too_long]},
        raise_on_iopub_timeout=True,
        shutdown_kernel="immediate",
        kernel_name="python3",
        skip_cells_with_tag="",
        extra_arguments=[f"--Session.packer={__name__}.packed"],
        on_cell_executed=lambda cell, cell_index, execute_reply: replies.update({cell_index: execute_reply["content"]}),
        resources={"metadata": {"path": str(folder.resolve())}},
    )
    client.log = logging.getLogger("openexperts.quiet")  # the client reports time-outs in its own words
    client.log.disabled = True
    # What the kernel itself says on its way (warnings, a message it could not send) is not meant for a learner.
    with client.setup_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        for index, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, index)  # passes over cells of text
            except CellTimeoutError:
                yield (
                    index,
                    None,
                    f"The {_name(cell)} {too_long} It could not be interrupted: nothing after it ran.",
                )
                return
            except DeadKernelError:
                yield index, None, f"Python itself ended in the {_name(cell)}: it ran out of memory, or called exit()."
                return
            except UnicodeEncodeError as error:
                half = error.object[error.start : error.end]
                yield index, cell, f"was not run: it holds half of a character ({half!r}). Delete it and type it again."
                continue
            yield index, cell, _problem(cell, replies.get(index, {}))


def packed(message: dict) -> bytes:
    """A kernel's message in ASCII. Jupyter's own packing stops at half a character, and holds up what comes after."""
    try:
        return json.dumps(message, default=json_default).encode("ascii")
    except (TypeError, ValueError):
        return json_packer(message)  # which knows of more kinds


def _problem(cell, reply: dict) -> str:
    """What went wrong in an executed cell, in words; "" if nothing did."""
    if reply.get("ename") == "CellTimeoutError":
        return reply["evalue"]
    error = next((output for output in cell.get("outputs", []) if output.output_type == "error"), None)
    if error is None and reply.get("status") == "error":  # the kernel could not send the error that there was
        return f"stopped with an error whose message cannot be shown ({reply['evalue']})."
    if error is None:
        return ""
    if error.ename == "CheckFailed":
        return error.evalue
    if error.ename == "NotImplementedError" and not error.evalue:
        return f"is {UNWRITTEN}."
    words = re.sub(r"\(\d+\.py, line (\d+)\)", r"(line \1)", error.evalue.strip())  # not Python: its "file"
    return f"stopped with {error.ename}: {words or '(no message)'}{_where(error)}"


def _where(error) -> str:
    """The last line of the notebook's own code on the way to `error`."""
    frames = re.split(r"^(?=Cell In\[)", ANSI.sub("", "\n".join(error.traceback)), flags=re.MULTILINE)[1:]
    line = re.search(r"^-+> *(\d+) (.+)$", frames[-1], re.MULTILINE) if frames else None
    return f" (line {line[1]}: `{line[2].strip()}`)" if line else ""


def _with_pictures(cell, problem: str) -> str:
    """The message, and before it what the check drew, as text. Numbers in a table are not said a second time."""
    drawn = [output.data.get("text/plain", "") for output in cell.outputs if output.output_type == "display_data"]
    if drawn and drawn[-1].startswith(problem.partition(": ")[0] + ": "):  # a table of what the message is about
        return "\n".join([*filter(None, drawn), *problem.splitlines()[1:]])
    subject = {"stopped": "The check ", "did": "The check ", "is": "Your answer "}.get(problem.split()[0], "")
    return "\n".join([*filter(None, drawn), subject + problem])
