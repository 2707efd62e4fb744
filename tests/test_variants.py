"""The variants that keep a lab honest, each graded by the examiner; one lab's by plain nbgrader as well.

The blank lab scores 0, the solution and every right variant 100 %, and every wrong variant loses exactly the check
cells that its docstring states. See CONTRIBUTING.md for the form of a variant.

Mistakes in different parts are graded together, in one submission, which loses what they lose one by one: a part costs
nothing but its own points, whatever is wrong elsewhere. So a variant calls another part by `parts` or not at all. Only
where a group fails is each graded alone, to name the one.
"""

import ast
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.utils import determine_grade, is_grade

from notebooks import LABS, ROOT, read
from openexperts.grading.course import nbgrader_config
from openexperts.grading.examination import Rules, examine
from openexperts.grading.intake import Source, restore
from openexperts.grading.labs import grade_id, is_answer, is_task
from openexperts.grading.warm import warm_server

VARIANTS = ROOT / "tests" / "labs"
PLAIN_TOO = "02-experts"  # the lab whose variants plain nbgrader grades as well
RULES = Rules()
PROVISIONERS = {False: "local-provisioner", True: "openexperts-warm"}


@dataclass
class Variant:
    """Answers that replace those of a solution, the check cells they must lose, and words they must be told."""

    answers: dict[str, str]
    loses: set[str] = field(default_factory=set)
    messages: list[str] = field(default_factory=list)


def read_variant(path: Path) -> Variant:
    text = path.read_text()
    says = ast.get_docstring(ast.parse(text)) or ""
    blocks = re.split(r"^# %% (\S+)\n", text, flags=re.MULTILINE)[1:]
    loses = re.search(r"^loses:(.*(?:\n[ \t]+.*)*)", says, re.MULTILINE)
    return Variant(
        answers=dict(zip(blocks[::2], blocks[1::2], strict=True)),
        loses=set(re.findall(r"[\w-]+", loses[1])) if loses else set(),
        messages=re.findall(r"^message: *(.+)$", says, re.MULTILINE),
    )


def variants(kind: str, labs=LABS) -> list:
    """For each lab, its variants in groups that neither answer the same cell nor lose the same check."""
    params = []
    for lab in labs:
        groups = []
        for path in sorted((VARIANTS / lab / kind).glob("*.py")):
            variant = read_variant(path)
            taken = set(variant.answers) | variant.loses
            group = next((group for group in groups if not taken & group[0]), None)
            if group is None:
                groups.append((taken, {path.stem: variant}))
            else:
                group[0].update(taken)
                group[1][path.stem] = variant
        params += [pytest.param(lab, group, id=f"{lab}-{'+'.join(group)}") for _, group in groups]
    return params


def together(group: dict[str, Variant]) -> Variant:
    """The variants of a group as one."""
    return Variant(
        answers={name: answer for variant in group.values() for name, answer in variant.answers.items()},
        loses={name for variant in group.values() for name in variant.loses},
        messages=[message for variant in group.values() for message in variant.messages],
    )


class Course:
    """A course folder of its own, in which one lab after the other is released and graded."""

    def __init__(self, root: Path):
        self.root = root
        config = nbgrader_config(ROOT)
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.db_url = self.gradebook = f"sqlite:///{root / 'gradebook.db'}"
        config.Exchange.root = str(root / "exchange")
        del config.Autograde  # nbgrader's own steps, for the comparison
        self.api = NbGraderAPI(config=config)
        self.sources: dict[str, Source] = {}

    def source(self, lab: str) -> Source:
        if lab not in self.sources:
            shutil.copytree(ROOT / "solutions" / lab, self.root / "solutions" / lab)
            result = self.api.generate_assignment(lab)
            assert result["success"], result
            with Gradebook(self.gradebook) as gradebook:
                self.sources[lab] = Source.from_gradebook(gradebook, lab, lab)
        return self.sources[lab]

    def submission(self, lab: str, answers: dict[str, str]) -> nbformat.NotebookNode:
        """The released lab with these answers, without its free cells: no check reads what they compute."""
        self.source(lab)
        submission = read(self.root / "labs" / lab / f"{lab}.ipynb")
        ids = {grade_id(cell) for cell in submission.cells}
        assert set(answers) <= ids, f"no such cell: {set(answers) - ids}"
        for cell in submission.cells:
            if grade_id(cell) in answers:
                cell.source = answers[grade_id(cell)]
            elif cell.cell_type == "code" and not grade_id(cell):
                cell.source = ""
        return submission

    def examine(
        self, lab: str, answers: dict[str, str], rules: Rules = RULES
    ) -> tuple[dict[str, tuple[float | None, float]], str]:
        """Points and maximum of every graded cell, and all that the judged notebook printed or raised."""
        notebook = self.submission(lab, answers)
        assert restore(notebook, self.source(lab)) == []
        examined = examine(notebook, self.source(lab), warm_server(), rules)
        assert examined.state == "graded", (examined.why, examined.findings)
        cells = examined.notebook.cells
        return {grade_id(cell): determine_grade(cell) for cell in cells if is_grade(cell)}, words(examined.notebook)

    def grade(
        self, lab: str, student: str, answers: dict[str, str], warm: bool = True
    ) -> tuple[dict[str, tuple[float | None, float]], str]:
        """The same by plain nbgrader, in a kernel that is forked or new."""
        folder = Path(self.api.coursedir.format_path(self.api.coursedir.submitted_directory, student, lab))
        folder.mkdir(parents=True)
        nbformat.write(self.submission(lab, answers), folder / f"{lab}.ipynb")
        KernelProvisionerFactory.instance().default_provisioner_name = PROVISIONERS[warm]
        result = self.api.autograde(lab, student)
        assert result["success"], result.get("error", "") + result.get("log", "")
        with Gradebook(self.gradebook) as gradebook:
            notebook = gradebook.find_submission(lab, student).notebooks[0]
            points = {
                grade.name: (grade.auto_score, grade.max_score_gradecell)
                for grade in notebook.grades
                if grade.max_score_gradecell is not None  # an essay has none: a person marks it
            }
        folder = Path(self.api.coursedir.format_path(self.api.coursedir.autograded_directory, student, lab))
        return points, words(read(folder / f"{lab}.ipynb"))


def words(notebook) -> str:
    return "\n".join(
        str(output.get("text", "")) + "\n".join(output.get("traceback", []))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course"))


def solution_answers(lab: str) -> dict[str, str]:
    cells = read(ROOT / "solutions" / lab / f"{lab}.ipynb").cells
    return {grade_id(cell): cell.source for cell in cells if is_answer(cell)}


def lost(points: dict) -> set[str]:
    return {name for name, (score, most) in points.items() if score < most}


@pytest.mark.parametrize("lab", LABS)
def test_the_blank_lab_scores_nothing(course, lab):
    points, _ = course.examine(lab, {})
    assert len(points) >= 10 and all(score == 0 for score, _ in points.values()), points


@pytest.mark.parametrize("lab", LABS)
def test_the_solution_scores_everything(course, lab):
    points, said = course.examine(lab, solution_answers(lab))
    assert not lost(points), said
    assert "the reference for now" not in said, said  # check.yours_or_reference


def wrong_about(points: dict, said: str, variant: Variant) -> str:
    """What the examiner did not do as the variant's docstring states; "" if it did all."""
    surplus, missing = lost(points) - variant.loses, variant.loses - lost(points)
    unsaid = [message for message in variant.messages if message not in said]
    found = {"lost too": surplus, "not lost": missing, "not said": unsaid}
    return "; ".join(f"{what}: {names}" for what, names in found.items() if names)


@pytest.mark.parametrize(("lab", "group"), variants("right") + variants("wrong"))
def test_variants_lose_what_they_state_and_no_more(course, lab, group):
    def graded(variant: Variant) -> str:
        points, said = course.examine(lab, solution_answers(lab) | variant.answers)
        found = wrong_about(points, said, variant)
        return f"{found}\n{said[-3000:]}" if found else ""

    if found := graded(together(group)):
        alone = {name: graded(variant) for name, variant in group.items()}
        culprits = [f"{name}: {trouble}" for name, trouble in alone.items() if trouble]
        pytest.fail("\n".join(culprits) or f"each is right alone, but not together: {found}")


LOOPS = {
    "01-open-model": "swiglu",
    "02-experts": "choose-experts",
    "03-balance": "balance-loss",
    "04-memory": "rotate-pairs",
    "05-tiny-v3": "route",
    "06-distil": "distil-loss",
    "07-reason": "answer-log-probs",
    "08-think-longer": "within-budget",
    "09-cost": "training-flops",
    "13-cake-or-recipe": "class-and-gap",
    "17-real-or-fluent": "z",
    "20-check-the-claim": "name-gap",
}


@pytest.mark.parametrize("lab", LABS)
def test_a_loop_that_never_ends_costs_only_its_own_part(course, lab):
    answer = solution_answers(lab)[LOOPS[lab]]
    loop = re.sub(r"### BEGIN SOLUTION.*### END SOLUTION", "while True:\n        pass", answer, flags=re.DOTALL)
    assert loop != answer
    quick = Rules(cell_seconds=20)  # on the clock; after a loop 8 s were once too few on a busy machine
    points, said = course.examine(lab, solution_answers(lab) | {LOOPS[lab]: loop}, quick)
    assert lost(points) == {f"{LOOPS[lab]}-visible", f"{LOOPS[lab]}-hidden"}, said[-3000:]


LATER_PARTS_USE = {
    "01-open-model": ("norm", "block"),
    "02-experts": ("score-experts", "grouped-experts"),
    "03-balance": ("count-load", "balance-loss"),
    "04-memory": ("rotate-pairs",),
    "05-tiny-v3": ("rotary", "route", "attention", "layer"),
    "06-distil": ("top-k-loss",),
    "07-reason": ("group-advantages", "answer-log-probs", "grpo-loss"),
    "08-think-longer": ("pass-at-k",),
}


@pytest.mark.parametrize("lab", LATER_PARTS_USE)
def test_cells_that_are_no_python_cost_only_their_own_parts(course, lab):
    broken = dict.fromkeys(LATER_PARTS_USE[lab], "def answer(:")
    points, said = course.examine(lab, solution_answers(lab) | broken)
    assert lost(points) == {f"{name}-{kind}" for name in broken for kind in ("visible", "hidden")}, said[-3000:]


@pytest.mark.parametrize("lab", LABS)
def test_plain_nbgrader_gives_the_solution_everything(course, lab):
    points, said = course.grade(lab, "solution", solution_answers(lab), warm=False)
    assert points and not lost(points), said


@pytest.mark.parametrize(
    ("lab", "group"), [case for kind in ("right", "wrong") for case in variants(kind, [PLAIN_TOO])]
)
def test_plain_nbgrader_agrees(course, lab, group):
    variant = together(group)
    student = re.sub(r"\W", "-", "+".join(group))[:60]
    points, said = course.grade(lab, student, solution_answers(lab) | variant.answers)
    assert lost(points) == variant.loses, said[-3000:]


@pytest.mark.parametrize("lab", LABS)
def test_there_are_enough_variants(lab):
    right = [read_variant(path) for path in (VARIANTS / lab / "right").glob("*.py")]
    wrong = [read_variant(path) for path in (VARIANTS / lab / "wrong").glob("*.py")]
    assert all(variant.loses for variant in wrong), "a wrong variant says what it loses"
    whole = [variant for variant in right if set(variant.answers) == set(solution_answers(lab))]
    assert len(whole) >= 2, "at least two right variants answer the whole lab"
    for answer in solution_answers(lab):
        mistakes = [variant for variant in wrong if answer in variant.answers]
        assert len(mistakes) >= 5, f"{answer}: {len(mistakes)} wrong variants"
    assert [grade_id(cell) for cell in read(ROOT / "solutions" / lab / f"{lab}.ipynb").cells if is_task(cell)]
