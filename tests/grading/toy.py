"""A small lab for the attacks and the oddities, and the form in which they are written.

A case is one file. Its docstring says what it does and what must come of it: `mark:` the points in all, `loses:` the
checks that give none, `flag:` kinds of findings that there must be, `state:`, `seconds:` a limit for each cell. Blocks
`# %% name` replace the text of that answer; `# %% first`, `# %% before name` and `# %% last` are new cells. The code of
a block `# %% outside` runs in the test and may define `mutate(notebook)`, for tricks with the JSON, and `files()`,
which gives the files beside the notebook. In all of it `CANARIES` is the folder with the teacher's secrets, and `PORT`
one where somebody listens.
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from openexperts.grading.intake import Source, SourceCell

LAB = "toy"
SET_UP = """\
import torch
from torch import nn

from openexperts.checks import check

torch.manual_seed(0)"""

# name, the released answer, a right one
ANSWERS = {
    "square": ("def square(x):\n    raise NotImplementedError", "def square(x):\n    return x * x"),
    "gate": (
        "def gate(x, weight):\n    raise NotImplementedError",
        "def gate(x, weight):\n    return torch.softmax(x @ weight, dim=-1)",
    ),
    "expert": (
        "class Expert(nn.Module):\n    def forward(self, x):\n        raise NotImplementedError",
        "class Expert(nn.Module):\n    def __init__(self, width):\n        super().__init__()\n"
        "        self.up = nn.Linear(width, width, bias=False)\n\n"
        "    def forward(self, x):\n        return torch.relu(self.up(x))",
    ),
    "batches": (
        "def batches(items, size):\n    raise NotImplementedError",
        "def batches(items, size):\n    for start in range(0, len(items), size):\n"
        "        yield items[start : start + size]",
    ),
    "twice": ("def twice(f, x):\n    raise NotImplementedError", "def twice(f, x):\n    return f(f(x))"),
    "word": (
        "def word(n):\n    raise NotImplementedError",
        'def word(n):\n    return "even" if n % 2 == 0 else "odd"',
    ),
    "counts": (
        "counts = ...",
        "counts = {n: n * n for n in range(4)}",
    ),
}

# name, the answer it follows, points, text
CHECKS = [
    ("square-visible", "square", 1, 'check.equal(check.call(square, 3), 9, "3 squared")'),
    (
        "square-hidden",
        "square",
        2,
        "### BEGIN HIDDEN TESTS\nx = torch.randn(4, 3)\n"
        'check.close(check.call(square, x), x**2, "squares of a tensor")\n### END HIDDEN TESTS',
    ),
    (
        "gate-hidden",
        "gate",
        2,
        "### BEGIN HIDDEN TESTS\nx, weight = torch.randn(5, 4), torch.randn(4, 3)\n"
        'scores = check.call(gate, x, weight)\ncheck.close(scores, (x @ weight).softmax(-1), "the gate")\n'
        "### END HIDDEN TESTS",
    ),
    (
        "gate-gradient",
        "gate",
        2,
        "### BEGIN HIDDEN TESTS\nx, weight = torch.randn(5, 4, requires_grad=True), torch.randn(4, 3)\n"
        "check.call(gate, x, weight)[:, 0].sum().backward()\n"
        "y = x.detach().clone().requires_grad_()\n(y @ weight).softmax(-1)[:, 0].sum().backward()\n"
        'check.close(x.grad, y.grad, "the gradient")\n### END HIDDEN TESTS',
    ),
    (
        "expert-hidden",
        "expert",
        2,
        "### BEGIN HIDDEN TESTS\nexpert = check.call(Expert, 4)\nweight = torch.randn(4, 4)\n"
        'expert.load_state_dict({"up.weight": weight})\nx = torch.randn(3, 4)\n'
        'check.close(check.call(expert, x), (x @ weight.T).relu(), "the expert")\n'
        "check.call(expert, x).sum().backward()\n(gradient,) = [parameter.grad for parameter in expert.parameters()]\n"
        'check.close(gradient, ((x @ weight.T) > 0).float().T @ x, "its gradient")\n### END HIDDEN TESTS',
    ),
    (
        "batches-hidden",
        "batches",
        1,
        '### BEGIN HIDDEN TESTS\ncheck.equal(list(check.call(batches, [1, 2, 3], 2)), [[1, 2], [3]], "the batches")\n'
        "### END HIDDEN TESTS",
    ),
    ("twice-visible", "twice", 1, 'check.equal(check.call(twice, lambda x: 2 * x + 1, 3), 15, "f of f of 3")'),
    ("word-visible", "word", 1, 'check.equal([check.call(word, n) for n in (2, 3)], ["even", "odd"], "words")'),
    ("counts-visible", "counts", 1, 'check.equal(counts, {0: 0, 1: 1, 2: 4, 3: 9}, "the counts")'),
]
POINTS = {name: points for name, _, points, _ in CHECKS}


def own(name: str, source: str, *, points: float = 0, **kind) -> SourceCell:
    kinds = {"grade": False, "solution": False, "locked": False, "task": False} | kind
    return SourceCell(name, "code", source, points=points, **kinds)


def source() -> Source:
    """The lab as it was released; checks with their hidden lines."""
    cells = [own("set-up", SET_UP, locked=True)]
    for answer, (released, _) in ANSWERS.items():
        cells.append(own(answer, released, solution=True))
        for name, part, points, text in CHECKS:
            if part == answer:
                cells.append(own(name, text, points=points, grade=True, locked=True))
    return Source.from_data(Source(LAB, tuple(cells)).to_data())


@dataclass
class Case:
    """One hostile or odd submission, and what must come of it."""

    blocks: list[tuple[str, str]]
    outside: dict
    says: dict[str, str] = field(default_factory=dict)

    @property
    def loses(self) -> set[str]:
        lost = self.says.get("loses", "")
        return set(POINTS) if lost == "all" else set(re.findall(r"[\w-]+", lost))

    def listed(self, key: str) -> set[str]:
        return set(re.findall(r"[\w-]+", self.says.get(key, "")))

    def notebook(self) -> dict:
        """The submission's JSON, as JupyterLab would have saved it but for the case's tricks."""
        texts = {name: right if not self.answers_blank else blank for name, (blank, right) in ANSWERS.items()}
        texts |= {place: text for place, text in self.blocks if place in texts}
        cells = []
        for cell in source().cells:
            hidden = re.sub(r"### BEGIN HIDDEN TESTS.*### END HIDDEN TESTS", "", cell.source, flags=re.DOTALL)
            details = {"grade_id": cell.name, "schema_version": 3, "points": cell.points, "cell_type": "code"}
            details |= {key: getattr(cell, key) for key in ("grade", "solution", "locked", "task")}
            cells += [new_cell(text) for place, text in self.blocks if place == f"before {cell.name}"]
            cells.append(new_cell(texts.get(cell.name, hidden), details))
        cells = [new_cell(text) for place, text in self.blocks if place == "first"] + cells
        cells += [new_cell(text) for place, text in self.blocks if place == "last"]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        if "mutate" in self.outside:
            notebook = self.outside["mutate"](notebook) or notebook
        return notebook

    @property
    def answers_blank(self) -> bool:
        """Whether the answers that a case does not write are as released (an attack), or right (an oddity)."""
        return self.says.get("others", "") == "blank"


def new_cell(text: str, details: dict | None = None) -> dict:
    metadata = {"nbgrader": details} if details else {}
    return {"cell_type": "code", "source": text, "metadata": metadata, "outputs": [], "execution_count": None}


def read_case(path: Path, names: dict[str, str], others: str) -> Case:
    """The case in a file, its words such as CANARIES replaced by what they are here."""
    text = path.read_text()
    says = ast.get_docstring(ast.parse(text)) or ""
    for name, value in names.items():
        text = text.replace(name, value)
    parts = re.split(r"^# %% (.+)\n", text, flags=re.MULTILINE)[1:]
    blocks = [(place, code.strip("\n")) for place, code in zip(parts[::2], parts[1::2], strict=True)]
    outside: dict = {}
    for place, code in blocks:
        if place == "outside":
            exec(compile(code, str(path), "exec"), outside)
    known = dict(re.findall(r"^(\w+): *(.+)$", says, re.MULTILINE))
    return Case([block for block in blocks if block[0] != "outside"], outside, {"others": others} | known)
