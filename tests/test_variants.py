"""The variants that keep a lab honest, each graded by nbgrader itself with the course's own configuration.

Kernels are forked from a process that has imported torch (`openexperts.grading.provisioner`); the solution is also
graded in a new one.

The blank lab scores 0, the solution and every right variant 100 %, and every wrong variant loses exactly the check
cells that its docstring states. See CONTRIBUTING.md for the form of a variant.
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

from notebooks import LABS, ROOT, read
from openexperts.grading.course import nbgrader_config
from openexperts.grading.labs import grade_id, is_answer, is_task

VARIANTS = ROOT / "tests" / "labs"
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


def variants(kind: str) -> list:
    paths = sorted(VARIANTS.glob(f"*/{kind}/*.py"))
    return [pytest.param(path.parent.parent.name, path, id=f"{path.parent.parent.name}-{path.stem}") for path in paths]


class Course:
    """A course folder of its own, in which one lab after the other is released and graded."""

    def __init__(self, root: Path):
        self.root = root
        config = nbgrader_config(ROOT)
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.db_url = self.gradebook = f"sqlite:///{root / 'gradebook.db'}"
        config.Exchange.root = str(root / "exchange")
        self.api = NbGraderAPI(config=config)
        self.released = set()

    def release(self, lab: str) -> None:
        if lab not in self.released:
            shutil.copytree(ROOT / "solutions" / lab, self.root / "solutions" / lab)
            result = self.api.generate_assignment(lab)
            assert result["success"], result
            self.released.add(lab)

    def grade(
        self, lab: str, student: str, answers: dict[str, str], warm: bool = True
    ) -> tuple[dict[str, tuple[float, float]], str]:
        """Points and maximum of every graded cell, and all that the graded notebook printed or raised."""
        self.release(lab)
        submission = read(self.root / "labs" / lab / f"{lab}.ipynb")
        ids = {grade_id(cell) for cell in submission.cells}
        assert set(answers) <= ids, f"no such cell: {set(answers) - ids}"
        for cell in submission.cells:
            if grade_id(cell) in answers:
                cell.source = answers[grade_id(cell)]
        folder = Path(self.api.coursedir.format_path(self.api.coursedir.submitted_directory, student, lab))
        folder.mkdir(parents=True)
        nbformat.write(submission, folder / f"{lab}.ipynb")
        KernelProvisionerFactory.instance().default_provisioner_name = PROVISIONERS[warm]
        result = self.api.autograde(lab, student)
        assert result["success"], result.get("error", "") + result.get("log", "")
        with Gradebook(self.gradebook) as gradebook:
            notebook = gradebook.find_submission(lab, student).notebooks[0]
            points = {grade.name: (grade.auto_score, grade.max_score_gradecell) for grade in notebook.grades}
        folder = Path(self.api.coursedir.format_path(self.api.coursedir.autograded_directory, student, lab))
        said = [
            str(output.get("text", "")) + "\n".join(output.get("traceback", []))
            for cell in read(folder / f"{lab}.ipynb").cells
            for output in cell.get("outputs", [])
        ]
        return points, "\n".join(said)


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course"))


def solution_answers(lab: str) -> dict[str, str]:
    cells = read(ROOT / "solutions" / lab / f"{lab}.ipynb").cells
    return {grade_id(cell): cell.source for cell in cells if is_answer(cell)}


def automatic(points: dict) -> dict:
    """Without the essay, which a person marks."""
    return {name: (score, most) for name, (score, most) in points.items() if score is not None}


@pytest.mark.parametrize("lab", LABS)
def test_the_blank_lab_scores_nothing(course, lab):
    points, _ = course.grade(lab, "blank", {})
    graded = automatic(points)
    assert len(graded) >= 10 and all(score == 0 for score, _ in graded.values()), graded


@pytest.mark.parametrize("kernel", ["warm", "new"])
@pytest.mark.parametrize("lab", LABS)
def test_the_solution_scores_everything_and_leaves_the_essay_to_a_person(course, lab, kernel):
    points, said = course.grade(lab, f"solution-{kernel}", solution_answers(lab), warm=kernel == "warm")
    assert all(score == most for score, most in automatic(points).values()), (points, said)
    assert [name for name in points if name not in automatic(points)] == ["in-your-words"]


@pytest.mark.parametrize(("lab", "path"), variants("right"))
def test_a_right_variant_scores_everything(course, lab, path):
    variant = read_variant(path)
    points, said = course.grade(lab, f"right-{path.stem}", solution_answers(lab) | variant.answers)
    assert all(score == most for score, most in automatic(points).values()), (points, said)


@pytest.mark.parametrize(("lab", "path"), variants("wrong"))
def test_a_wrong_variant_loses_what_it_states_and_no_more(course, lab, path):
    variant = read_variant(path)
    points, said = course.grade(lab, f"wrong-{path.stem}", solution_answers(lab) | variant.answers)
    lost = {name for name, (score, most) in automatic(points).items() if score < most}
    assert variant.loses and lost == variant.loses, said[-3000:]
    for message in variant.messages:
        assert message in said, said[-3000:]


@pytest.mark.parametrize("lab", LABS)
def test_there_are_enough_variants(lab):
    right = [read_variant(path) for path in (VARIANTS / lab / "right").glob("*.py")]
    wrong = [read_variant(path) for path in (VARIANTS / lab / "wrong").glob("*.py")]
    whole = [variant for variant in right if set(variant.answers) == set(solution_answers(lab))]
    assert len(whole) >= 2, "at least two right variants answer the whole lab"
    for answer in solution_answers(lab):
        mistakes = [variant for variant in wrong if answer in variant.answers]
        assert len(mistakes) >= 5, f"{answer}: {len(mistakes)} wrong variants"
    assert [grade_id(cell) for cell in read(ROOT / "solutions" / lab / f"{lab}.ipynb").cells if is_task(cell)]
