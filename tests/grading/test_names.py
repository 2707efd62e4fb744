"""Whose a name is: the learner's, the examiner's, or one that an answer must not use."""

import pytest

from openexperts.grading.names import asked, borrowed, bound_and_used


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
    assert borrowed(pasted.replace("beyond", "above"), [locked]) == [], "other words are another text"
    assert borrowed("def mean(x):\n    return x.mean()\n", [locked]) == [], "so short a text may be written twice"
    assert borrowed(pasted, ["%matplotlib inline"]) == []
