"""Whose a name is: the learner's, the examiner's, or one that an answer must not use."""

import ast
import builtins
import re

import pytest

from notebooks import LABS, ROOT, read
from openexperts.grading.labs import grade_id, is_answer
from openexperts.grading.names import RENAMED, _references, asked, borrowed, bound_and_used


@pytest.mark.parametrize(
    ("source", "bound", "used"),
    [
        ("import torch\nx: int = 1", {"torch", "x"}, {"int"}),
        ("def f(a, b=g):\n    c = a\n    return h(c)", {"f"}, {"g", "h"}),
        ("def f():\n    global G\n    G = 1", {"f", "G"}, set()),
        ("class C:\n    y = q\n    def m(self):\n        return r", {"C"}, {"q", "r"}),
        ("[k for k in w]\nfor i, j in z:\n    pass\nwith a as b:\n    pass", {"i", "j", "b"}, {"w", "z", "a"}),
        ("%time x = 1\n!ls", set(), {"get_ipython"}),
        ("def f(:", set(), set()),
    ],
)
def test_what_a_cell_binds_and_reads(source, bound, used):
    assert bound_and_used(source) == (bound, used)


def test_a_name_of_an_answer_is_asked_even_where_a_locked_cell_imports_the_same_name():
    locked = [
        "import torch\ndef helper(x): return x",
        "helper(solve(torch.ones(2)), extra)",
        "later = twice(1)",
        "twice(later)",
    ]
    answers = ["import torch\ndef solve(x): ...", "def twice(x): ..."]
    assert asked(locked, answers) == [
        set(),
        {"solve", "extra"},
        {"solve", "extra", "twice"},
        {"solve", "extra", "twice"},
    ]


def test_a_name_that_both_bind_is_the_learners():
    assert asked(["def f(x): return x", "f(1)"], ["def f(x): ..."])[1] == {"f"}


def test_a_function_of_the_set_up_is_asked_for_what_it_reads_when_it_is_called():
    locked = ["def run(x): return solve(x)", "run(1)"]
    assert asked(locked, ["def solve(x): ..."]) == [{"solve"}, {"solve"}]


def test_an_answer_that_names_what_it_is_compared_with():
    locked = ["def reference_norm(x): ...\ndef helper(): ..."]
    assert borrowed("def norm(x):\n    return reference_norm(x)", locked) == ["reference_norm"]
    honest = '"""The same as `reference_norm`."""\ndef norm(x):  # unlike reference_norm\n    return helper()'
    assert borrowed(honest, locked) == []
    assert borrowed("from openexperts import training", locked) == ["openexperts"]


def test_a_pasted_reference_is_named():
    locked = (
        "def reference_gain(ratio, value, clip):\n"
        '    """The plain gain, less what lies beyond the clip."""\n'
        "    beyond = relu((ratio - 1) * value.sign() - clip) * value.abs()\n"
        "    return (ratio * value - beyond).mean()\n"
        "def reference_mean(x):\n    return x.mean()\n"
    )
    pasted = (
        "def gain(ratio, value, clip):\n"
        "    beyond = relu( (ratio - 1) * value.sign() - clip )*value.abs()  # mine\n\n"
        "    return (ratio*value - beyond).mean()\n"
    )
    assert borrowed(pasted, [locked]) == ["reference_gain"]
    assert borrowed("def mean(x):\n    return x.mean()\n", [locked]) == [], "so short a text may be written twice"
    assert borrowed(pasted, ["%matplotlib inline", "%%bash\nfor one in *; do echo $one; done"]) == []
    assert borrowed(pasted, [f"%matplotlib inline\n{locked}"]) == ["reference_gain"]


def set_up_cells(lab: str) -> list[str]:
    """The locked cells of a lab that check nothing, as the examiner has them."""
    cells = [cell for cell in read(ROOT / "solutions" / lab / f"{lab}.ipynb").cells if cell.cell_type == "code"]
    return [
        cell.source
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("locked") and not cell.metadata.nbgrader.grade
    ]


class Renamer(ast.NodeTransformer):
    """Gives every name but builtins another one, adds annotations and a docstring, and takes none away."""

    def visit_Name(self, node):
        return node if hasattr(builtins, node.id) else ast.Name(id=f"{node.id}_of_mine", ctx=node.ctx)

    def visit_arg(self, node):
        return ast.arg(arg=f"{node.arg}_of_mine", annotation=ast.Name(id="Whatever", ctx=ast.Load()))

    def visit_FunctionDef(self, node):
        node.name += "_of_mine"
        node.body = [ast.Expr(ast.Constant("My own docstring.")), *node.body]
        return self.generic_visit(node)


def renamed(function: ast.FunctionDef) -> str:
    return ast.unparse(ast.fix_missing_locations(Renamer().visit(function)))


@pytest.mark.parametrize("lab", LABS)
def test_a_reference_that_is_pasted_with_other_names_is_named(lab):
    set_up = set_up_cells(lab)
    long = [one.name for source in set_up for one in _references(source) if one.form]
    for source in set_up:
        for function in ast.parse(source).body:
            if getattr(function, "name", None) in long:
                name, answer = function.name, renamed(function)
                assert name in borrowed(answer, set_up), answer
                lines = answer.split("\n")  # with lines of one's own around it, and cut off from what follows
                around = [*lines[:2], "    looked = 0", *lines[2:], "%time 1"]
                assert name in borrowed("\n".join(around), set_up), "\n".join(around)


def test_some_labs_have_references_that_could_be_pasted():
    assert sum(any(one.form for source in set_up_cells(lab) for one in _references(source)) for lab in LABS) >= 8


def test_what_renaming_changes_and_what_it_does_not():
    locked = (
        "def reference_gain(ratio, value, clip):\n"
        "    beyond = relu((ratio - 1) * value.sign() - clip) * value.abs()\n"
        "    least = min(float(part) for part in (ratio * value - beyond).flatten())\n"
        "    return (ratio * value - beyond).mean() - least\n"
    )
    assert len(re.findall(r"\w+|[^\w\s]", locked.partition(":\n")[2])) >= RENAMED
    copy = (
        "def gain(r: Tensor, v: Tensor, c: float) -> Tensor:\n"
        "    if c:\n"
        "        b: Tensor = relu(((r - 1) * v.sign() - c)) * v.abs()  # mine\n"
        "        'a thought'\n"
        "        low = min(float(p) for p in (r * v - b).flatten())\n"
        "        return (r * v - b).mean() - low\n"
    )
    assert borrowed(copy, [locked]) == ["reference_gain"]
    for mine, other in (
        ("v.abs()", "v.norm()"),  # another function
        ("(r * v - b).mean()", "(v * r - b).mean()"),  # another order
        ("- 1)", "- 2)"),
        ("min(", "max("),
        ("return (r * v", "return (r * r"),  # the same words, another meaning
        ("        low", "        print()\n        low"),  # a line between
    ):
        assert mine in copy and borrowed(copy.replace(mine, other), [locked]) == []
    assert borrowed(copy + "    return (", [locked]) == [], "what is no Python has no form"


@pytest.mark.parametrize(
    "answer",
    ["-" * 19_000 + "1", "a" + ".a" * 9_000, "a" + "()" * 9_000, "1" + "+1" * 9_000, "(" * 9_000 + ")" * 9_000]
    + [
        "if 1:\n a\n" + "elif 1:\n a\n" * 1_500,
        "a = 1\n" * 3_000,
        "x = 1\n" * 100_000,
        "a\0b",
        "a = '\ud800'",
        "9" * 9_000,
    ],
    ids=["minus", "dots", "calls", "sum", "brackets", "elif", "lines", "long", "nul", "surrogate", "digits"],
)
def test_no_answer_is_too_deep_or_too_long(answer):
    assert borrowed(answer, set_up_cells("07-reason")) == []


@pytest.mark.parametrize("lab", LABS)
def test_no_answer_of_our_own_is_taken_for_a_copy(lab):
    set_up = set_up_cells(lab)
    answers = {
        grade_id(cell): cell.source
        for cell in read(ROOT / "solutions" / lab / f"{lab}.ipynb").cells
        if is_answer(cell) and cell.cell_type == "code"
    }
    for path in sorted((ROOT / "tests" / "labs" / lab).glob("*/*.py")):
        blocks = re.split(r"^# %% (\S+)\n", path.read_text(), flags=re.MULTILINE)[1:]
        answers |= {f"{path.stem}: {name}": text for name, text in zip(blocks[::2], blocks[1::2], strict=True)}
    assert len(answers) > 50
    assert {name: found for name, text in answers.items() if (found := borrowed(text, set_up))} == {}
