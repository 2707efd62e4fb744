"""The feedback page: what each part got, what was lost, why, and where to look; never how it was checked.

nbgrader's own `generate_feedback` makes it from the autograded notebook and the gradebook, with the settings of
openexperts.grading.pages.

Hidden tests, mark schemes and tracebacks of checks are left out. Of a failed hidden check the page says its subject and
its `Likely:` and `Look at:` lines (see openexperts.checks), and no number that it expected or saw. The page needs no
network and no script; what the learner wrote is made safe by openexperts.grading.sanitise.
"""

import html
import re
from dataclasses import dataclass, field

from markupsafe import Markup, escape
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import strip_ansi
from nbformat.v4 import new_notebook
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.util import ClassNotFound
from traitlets import List
from traitlets.config import Config

from openexperts.grading.pages import TEMPLATES
from openexperts.grading.sanitise import clean_html, clean_output, markdown_to_html, whole

LONG_TEXT = 10_000  # characters of one output
UNCHANGED = "This answer is as it was released."
LEFT_OUT = "(a line of a check is left out here)"
# How openexperts.checks begins its findings, after the subject and a colon.
FINDING = re.compile(r"^(?P<what>.+?): (?P<finding>(?:expected|stopped with|not written yet)\b.*)$", re.DOTALL)


@dataclass
class Reason:
    """Why a check took points, as far as the learner may know."""

    what: str = ""
    finding: str = ""
    likely: str = ""
    look_at: str = ""
    hint: str = ""


@dataclass
class Box:
    """A graded cell: what it got, and why."""

    name: str
    label: str
    points: float
    out_of: float
    state: str  # "passed", "partly", "lost", "waiting" or "not graded"
    notes: list[str] = field(default_factory=list)
    reason: Reason | None = None
    comment: str = ""
    is_hidden: bool = False

    @property
    def anchor(self) -> str:
        return f"part-{self.name}"

    @property
    def words(self) -> str:
        return words_of(self.state, self.points, self.out_of)


@dataclass
class Part:
    """A heading of the notebook and the graded cells under it: a row of the table."""

    title: str
    boxes: list[Box] = field(default_factory=list)

    points = property(lambda self: sum(box.points for box in self.boxes))
    out_of = property(lambda self: sum(box.out_of for box in self.boxes))

    @property
    def state(self) -> str:
        states = {box.state for box in self.boxes}
        if states & {"waiting", "not graded"}:
            return "not graded" if "not graded" in states else "waiting"
        return state_of(self.points, self.out_of)

    @property
    def words(self) -> str:
        text = words_of(self.state, self.points, self.out_of)
        lost = [box.label.lower() for box in self.boxes if box.state in ("partly", "lost")]
        return f"{text} in: {', '.join(dict.fromkeys(lost))}" if len(self.boxes) > 1 and lost else text


def state_of(points: float, out_of: float) -> str:
    return "passed" if points >= out_of else "partly" if points > 0 else "lost"


def words_of(state: str, points: float, out_of: float) -> str:
    if state == "waiting":
        return "a person still marks this"
    if state == "not graded":
        return "not graded"
    return "full points" if points >= out_of else f"{count(out_of - points)} lost"


def count(points: float) -> str:
    """A number of points in words."""
    return f"{round(points, 2):g} point{'' if round(points, 2) == 1 else 's'}"


def codes(message: str) -> Markup:
    """A message with its `code` as code."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(message))))


def split_message(text: str) -> Reason:
    """The message of a failed check in its pieces: `subject: finding`, `Likely: ...`, `Look at: ...`."""
    first, likely, look_at = [], "", ""
    for line in text.strip().splitlines():
        if line.startswith("Likely: "):
            likely = line.removeprefix("Likely: ")
        elif line.startswith("Look at: "):
            look_at = line.removeprefix("Look at: ")
        else:
            first.append(line)
    words = "\n".join(first)
    found = FINDING.match(words)
    what, finding = (found["what"], found["finding"]) if found else words.partition(": ")[::2]
    return Reason(what, finding, likely, look_at)


def without_secrets(reason: Reason) -> Reason:
    """What a learner may know of a hidden check that failed: its subject and advice, not what it expected or saw."""
    finding = reason.finding.split(":")[0] if reason.finding.startswith(("stopped with", "not written yet")) else ""
    return Reason(reason.what, finding, reason.likely, reason.look_at)


def reason_of(cell, hidden: bool) -> Reason | None:
    """Why this check failed, from what it left in the notebook."""
    error = next((output for output in cell.outputs if output.output_type == "error"), None)
    if error is None:
        return None
    name, message = (whole(strip_ansi(str(error.get(key, ""))).strip()) for key in ("ename", "evalue"))
    if name == "CheckFailed":
        reason = split_message(message)
        return without_secrets(reason) if hidden else reason
    if name in ("CellTimeoutError", "TimeoutError", "DeadKernelError"):
        return Reason(
            "this check did not finish in the time it has" if "Timeout" in name else "the kernel died in this check",
            hint="Is there a loop that never ends, or a very large tensor or list?",
        )
    if not hidden:
        return Reason(name, message)
    if name == "AssertionError":  # its message is the author's, and may hold what was expected
        return Reason("a check that runs after you submit did not hold")
    if name == "NameError":  # it names a name and holds no value
        return Reason("a check that runs after you submit stopped", message, hint="Was a function given another name?")
    return Reason("a check that runs after you submit stopped", f"with {name}")


class Feedback(NbGraderPreprocessor):
    """Puts the page's content into `resources["feedback"]`, as plain data and safe HTML, for the template."""

    display_data_priority = List().tag(config=True)  # nbconvert sets it for every preprocessor, and warns without it

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        examiner = nb.metadata.get("openexperts", {})
        # A course may have its own words around hidden tests and mark schemes.
        self.clear_tests = ClearHiddenTests(config=Config(ClearHiddenTests=self.config.ClearHiddenTests))
        self.clear_schemes = ClearMarkScheme(config=Config(ClearMarkScheme=self.config.ClearMarkScheme))
        self.secrets = self._secret_lines(nb)
        self.level = 2  # of the heading that stands last on the page; the notebook's own begin below it
        with Gradebook(names["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
            self.grades = {grade.name: grade for grade in notebook.grades}
            self.comments = {
                comment.name: comment.manual_comment or UNCHANGED
                for comment in notebook.comments
                if comment.manual_comment or comment.auto_comment
            }
            penalty = notebook.late_submission_penalty or 0
            state = examiner.get("state", "graded")
            if state == "needs a person" and not notebook.flagged:  # somebody has looked, and took the flag away
                state = "graded"
            parts, blocks = self._read(nb, is_graded=examiner.get("state") != "not graded")
        points, out_of = sum(part.points for part in parts), sum(part.out_of for part in parts)
        waiting = sum(box.out_of for part in parts for box in part.boxes if box.state == "waiting")
        missing = sum(box.out_of for part in parts for box in part.boxes if box.state == "not graded")
        resources["feedback"] = {
            "title": names["notebook"],
            "learner": names["student"],
            "parts": parts,
            "blocks": blocks,
            "points": max(0, points - penalty),
            "out_of": out_of,
            "penalty": count(penalty) if penalty else "",
            "waiting": count(waiting) if waiting else "",
            "missing": count(missing) if missing else "",
            "state": state,
            "why": str(examiner.get("why") or ""),
            "findings": examiner.get("findings", []),
            "number": lambda points: f"{round(points, 2):g}",
            "count": count,
            "codes": codes,
        }
        return nb, resources

    def _read(self, nb, is_graded: bool) -> tuple[list[Part], list[dict]]:
        """The graded parts in order, and all that the page shows below them."""
        parts, blocks = [Part("The notebook")], []
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                heading = re.search(r"^#{1,6} +(.+?)\s*#*$", cell.source, re.MULTILINE)
                if heading and (utils.is_locked(cell) or not utils.is_solution(cell)):
                    parts.append(Part(plain(heading[1])))
            box = self._box(cell, parts[-1], is_graded)
            if box:
                parts[-1].boxes.append(box)
            blocks += self._blocks(cell, box, nb.metadata.get("language_info", {}).get("name", "python"))
        known = {box.name for part in parts for box in part.boxes}
        rest = Part("Not in the notebook")
        for name, grade in self.grades.items():
            if name not in known:
                rest.boxes.append(self._grade(name, "graded cell", grade, is_graded))
        return [part for part in (*parts, rest) if part.boxes], blocks

    def _box(self, cell, part: Part, is_graded: bool) -> Box | None:
        if not (utils.is_grade(cell) or utils.is_task(cell)):
            return None
        name = cell.metadata.nbgrader.grade_id
        if name not in self.grades:
            return None
        is_check = cell.cell_type == "code" and not utils.is_solution(cell)
        hidden = is_check and self._is_hidden(cell)
        label = "Hidden check" if hidden else "Visible check" if is_check else "Marked by a person"
        box = self._grade(name, label, self.grades[name], is_graded)
        box.is_hidden = hidden
        box.comment = markdown_to_html(self.comments.get(name, ""), heading_level=self._heading_level)
        if is_check and box.state in ("lost", "partly"):
            box.reason = reason_of(cell, hidden)
            if box.reason is None and self.grades[name].manual_score is None:
                box.notes.append("The check did not say why; ask your teacher.")
            visible = [other for other in part.boxes if other.label == "Visible check"]
            if hidden and visible and all(other.state == "passed" for other in visible):
                box.reason = box.reason or Reason()
                box.reason.hint = box.reason.hint or (
                    "The visible check of this part passes. This one uses other numbers and shapes: is something "
                    "written for that one example, such as a size, or the smallest case left out?"
                )
        return box

    @staticmethod
    def _grade(name: str, label: str, grade, is_graded: bool) -> Box:
        """A box with the points that the gradebook has."""
        points, out_of = float(grade.score or 0), float(grade.max_score or 0)
        box = Box(name, label, points, out_of, state_of(points, out_of))
        if grade.manual_score is None and (grade.auto_score is None or grade.needs_manual_grade):
            box.state = "waiting" if is_graded else "not graded"
        elif grade.manual_score is not None and grade.auto_score is not None:
            box.notes.append("A person set these points.")
            if grade.needs_manual_grade:  # the code ran again since, and nbgrader asks to look at it
                box.notes.append("A person looks at them again.")
        if grade.extra_credit:
            box.notes.append(f"{count(grade.extra_credit)} of them extra.")
        return box

    def _blocks(self, cell, box: Box | None, language: str) -> list[dict]:
        """What the page shows of one cell."""
        is_answer, is_check = utils.is_solution(cell), box is not None and cell.cell_type == "code"
        blocks = []
        if cell.cell_type == "markdown":
            source = self._visible_source(cell)
            blocks.append(
                {
                    "kind": "text",
                    "label": "Your answer" if is_answer else "",
                    "html": Markup(markdown_to_html(source, cell.get("attachments"), self._heading_level)),
                }
            )
        elif cell.cell_type == "code":
            source = self._visible_source(cell)
            show_outputs = not is_check or is_answer
            if box and box.state == "lost" and not box.is_hidden and not is_answer:  # a picture may say more
                cell.outputs = [output for output in cell.outputs if output.output_type != "error"]
                show_outputs = True
            if has_code(source):
                locked = utils.is_locked(cell)
                blocks.append(
                    {
                        "kind": "folded" if locked else "code",
                        "label": ("The check's code" if is_check else "Given code")
                        if locked
                        else ("Your answer" if is_answer else "Code"),
                        "html": Markup(colour(source, language)),
                    }
                )
            if show_outputs:
                blocks += [{"kind": "output", "html": self._output(output)} for output in cell.outputs]
        if box:
            blocks.append({"kind": "box", "box": box, "comment": Markup(box.comment)})
        elif is_answer and cell.metadata.nbgrader.grade_id in self.comments:
            words = markdown_to_html(self.comments[cell.metadata.nbgrader.grade_id], None, self._heading_level)
            blocks.append({"kind": "comment", "html": Markup(words)})
        return blocks

    def _heading_level(self, level: int) -> int:
        """Below the page's own headings, and never a level left out: a screen reader counts them."""
        self.level = min(level + 2, self.level + 1, 6)
        return self.level

    def _is_hidden(self, cell) -> bool:
        return self.clear_tests.begin_test_delimeter in cell.source

    def _visible_source(self, cell) -> str:
        """A cell's source without hidden tests and mark schemes. Answers hold neither, and stay as they are."""
        if not (utils.is_locked(cell) or utils.is_task(cell)):
            return cell.source
        copy = cell.copy()
        try:
            self.clear_tests._remove_hidden_test_region(copy)
            self.clear_schemes._remove_mark_scheme_region(copy)
        except RuntimeError:  # a region without its end
            return ""
        return copy.source.strip()

    def _secret_lines(self, nb) -> set[str]:
        """The lines that nobody may see, to find them again in what a learner's code printed."""
        shown, hidden = set(), set()
        for cell in nb.cells:
            visible = set(map(str.strip, self._visible_source(cell).splitlines()))
            hidden |= set(map(str.strip, cell.source.splitlines())) - visible
            shown |= visible
        return {line for line in hidden - shown if len(line) > 15}

    def _output(self, output) -> Markup:
        """One of the learner's outputs as safe HTML."""
        output = clean_output(output)
        if output["output_type"] == "stream":
            return self._text(output["text"])
        if output["output_type"] == "error":
            message = f"{output['ename']}: {output['evalue']}"
            return self._text("\n".join(output["traceback"]) if output["traceback"] else message)
        if "text/html" in output["data"]:
            page = output["data"]["text/html"]
            return self._text(LEFT_OUT) if self._tells_secrets(page) else Markup(page)
        return self._text(output["data"]["text/plain"])

    def _text(self, text: str) -> Markup:
        text = strip_ansi(text)
        if len(text) > LONG_TEXT:
            half = LONG_TEXT // 2
            text = f"{text[:half]}\n... ({len(text) - 2 * half:,} characters left out) ...\n{text[-half:]}"
        lines = [LEFT_OUT if self._tells_secrets(line) else line for line in text.splitlines()]
        return Markup("<pre>{}</pre>").format("\n".join(lines))

    def _tells_secrets(self, text: str) -> bool:
        plain_text = html.unescape(text)
        return any(line in plain_text for line in self.secrets)


def has_code(source: str) -> bool:
    return any(line.strip() and not line.strip().startswith("#") for line in source.splitlines())


def plain(heading: str) -> str:
    """A heading as plain words, without what stands in parentheses at its end."""
    words = html.unescape(re.sub(r"<[^>]*>", "", markdown_to_html(heading))).strip()
    return re.sub(r"\s*\([^()]*\)$", "", words) or "The notebook"


def colour(source: str, language: str) -> str:
    """Source with Pygments' colours."""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        lexer = TextLexer()
    return clean_html(highlight(source, lexer, HtmlFormatter()))


class FeedbackExporter(HTMLExporter):
    """nbconvert's exporter with this package's page."""

    @property
    def default_config(self):
        # nbgrader sets the template of every HTMLExporter; a section of this class's own name wins over that.
        page = {
            "template_name": "feedback",
            "extra_template_basedirs": [str(TEMPLATES)],
            "template_paths": [str(TEMPLATES / "feedback")],
        }
        config = super().default_config.copy()
        config.merge(Config({"FeedbackExporter": page}))
        return config


def page_without_marks(notebook: str, learner: str, why: str, findings: list[dict]) -> str:
    """The page for somebody whose work could not be graded: why there is no mark, and what was found."""
    content = {"title": notebook, "learner": learner, "state": "not graded", "why": why, "findings": findings}
    page, _ = FeedbackExporter().from_notebook_node(new_notebook(), resources={"feedback": content})
    return page
