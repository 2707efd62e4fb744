"""The checks' messages: expected, seen, likely misconception, where to look; and nothing wrong that passes."""

import nbformat.v4 as v4
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient

from openexperts import checks
from openexperts.checks import CheckFailed, check


def message(function, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        function(*args, **kwargs)
    return str(caught.value)


def test_a_message_has_all_four_parts():
    text = message(
        check.equal,
        [[0, 1], [1, 2]],
        [[0, 2], [1, 2]],
        "the experts chosen",
        suspects={"the weights were chosen": [[9, 9], [9, 9]], "the bias was left out": [[0, 1], [1, 2]]},
        likely="something else",
        look_at="step 1",
    )
    assert text.splitlines() == [
        "the experts chosen: expected [[0, 2], [1, 2]], yours gave [[0, 1], [1, 2]] (position [0, 1] differs).",
        "Likely: the bias was left out.",
        "Look at: step 1.",
    ]


def test_suspects_that_take_time_are_made_when_a_value_differs():
    def made():
        calls.append(1)
        return {"the bias was left out": [1.0]}

    calls = []
    check.close([2.0], [2.0], "x", suspects=made)
    check.equal("a", "a", "x", suspects=made)
    assert not calls
    assert "Likely: the bias was left out" in message(check.close, [1.0], [2.0], "x", suspects=made)
    assert len(calls) == 1


def test_without_a_fitting_suspect_the_general_misconception_is_named():
    assert "Likely: general" in message(check.close, [1.0], [2.0], "x", suspects={"no": [3.0]}, likely="general")


def test_different_tensors_are_drawn_side_by_side(capsys):
    message(check.close, torch.tensor([[1.0, 2.0], [3.0, 5.0]]), [[1, 2], [3, 4]], "x")
    drawn = capsys.readouterr().out
    assert drawn.startswith("x: 1 of 4 numbers differ (*), the first at [1, 1]\n")
    assert "expected" in drawn and "yours" in drawn and "5*" in drawn and "3*" not in drawn
    assert "Shown" not in drawn


def test_a_terminal_says_which_of_many_numbers_it_shows(capsys):
    message(check.close, torch.tensor([2.0, 3, 6, 9, 15, 21]), [2, 3, 6, 10, 15, 21], "x")
    assert "\nShown: columns 1 to 5 of 0 to 5\n" in capsys.readouterr().out
    message(check.close, torch.eye(8), torch.zeros(8, 8), "x")
    assert "\nShown: rows 0 to 5 of 0 to 7 and columns 0 to 4 of 0 to 7\n" in capsys.readouterr().out


@pytest.mark.parametrize("shape", [(3,), (2, 3), (3, 1), (2, 2, 3), (2, 1, 40, 50)])
def test_tensors_of_any_shape_can_be_drawn(shape, capsys):
    expected = torch.zeros(shape)
    seen = expected.clone()
    seen.view(-1)[-1] = 1.0
    message(check.close, seen, expected, "x")
    assert "1*" in capsys.readouterr().out.replace(" ", "")


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (None, "return"),
        ("a word", "str"),
        (torch.tensor([1.0, float("nan")]), "NaN"),
        (torch.tensor([1.0, float("inf")]), "inf"),
        (torch.ones(3), "expected shape [2], yours has shape [3]"),
        (torch.ones(1, 2), "shape [1, 2]"),
        (torch.ones(2, dtype=torch.complex64), "complex"),
        ([[1.0], [2.0, 3.0]], "list"),
    ],
)
def test_what_is_not_the_expected_tensor_gets_a_sentence(seen, words):
    assert words in message(check.close, seen, [1.0, 2.0], "the weights")


def test_two_dimensions_the_wrong_way_round_are_named():
    assert "wrong way round" in message(check.shape, torch.ones(2, 3), (3, 2), "x")


def test_nan_is_never_close_not_even_to_itself():
    nan = torch.tensor([float("nan")])
    assert message(check.close, nan, nan, "x")


@given(st.floats(-100, 100), st.floats(1e-3, 10))
def test_close_is_close_and_far_is_far(value, distance):
    check.close(torch.tensor([value], dtype=torch.float64), [value], "x")
    with pytest.raises(CheckFailed):
        check.close(value + distance + 1e-5 * abs(value) + 1e-5, value, "x")


def test_equal_takes_no_tolerance():
    assert message(check.equal, [1.0000001], torch.tensor([1.0], dtype=torch.float64), "x")
    check.equal(torch.tensor([True, False]), [True, False], "x")
    check.equal("a", "a", "x")
    assert "'b'" in message(check.equal, "b", "a", "x")


def unwritten(x):
    raise NotImplementedError


def crashes(x):
    return x @ torch.ones(5)


def test_an_unwritten_answer_is_named():
    assert "unwritten: not written yet" in message(check.call, unwritten, 1)
    assert "unwritten: not written yet" in message(check.call, lambda x: unwritten(x), 1)


def test_what_torch_has_not_implemented_is_not_taken_for_an_unwritten_answer():
    class Layer(torch.nn.Module):
        pass

    text = message(check.call, Layer(), 1)
    assert text.startswith("Layer: stopped with NotImplementedError: Module [Layer] is missing the required")


def test_an_exception_becomes_a_sentence():
    text = message(check.call, crashes, torch.ones(2, 3))
    assert text.startswith("crashes: stopped with RuntimeError") and "Traceback" not in text


@pytest.mark.parametrize(
    ("args", "kwargs", "words"),
    [
        (("7+6=", ">3"), {"k": 2}, "(called with '7+6=', '>3', k=2)."),
        ((torch.tensor([[-1, -1]]), torch.tensor([4])), {}, "(called with [[-1, -1]], [4])."),
        ((torch.ones(13),), {}, "(no message)."),
        (("x" * 100,), {}, "(no message)."),
        ((print,), {}, "(no message)."),
    ],
)
def test_an_exception_names_what_the_answer_was_called_with_where_that_is_short(args, kwargs, words):
    def answer(*values, **named):
        for value in values:
            if isinstance(value, torch.Tensor):
                value.zero_()  # what it was called with is said as it was
        raise ValueError

    assert message(check.call, answer, *args, **kwargs).splitlines()[0].endswith(words)


def test_half_a_character_in_an_error_leaves_a_message_that_can_be_sent():
    def answer():
        raise ValueError("\ud800")

    text = message(check.call, answer)
    assert text.startswith(r"answer: stopped with ValueError: \ud800") and text.encode("utf-8")


def test_the_line_of_the_learners_code_is_named():
    namespace = {}
    exec(compile("def answer(x):\n    y = x + 1\n    return y / 0\n", "/tmp/ipykernel_1/2.py", "exec"), namespace)
    assert "line 3 of the cell with `answer`" in message(check.call, namespace["answer"], 1)


def test_the_learners_line_is_named_where_a_reference_stops_at_what_it_was_given():
    namespace = {}
    for number, code in enumerate(
        ("def reference_part(x):\n    return x[0]\n", "def answer(x):\n    return part(x)\n")
    ):
        exec(compile(code, f"/tmp/ipykernel_1/{number}.py", "exec"), namespace)
    namespace["part"] = namespace["reference_part"]
    assert "line 2 of the cell with `answer`" in message(check.call, namespace["answer"], 1)


def test_a_mistake_in_a_helper_is_found_under_the_name_of_the_answer():
    namespace = {}
    code = "def answer(xs):\n    def turn(x):\n        return x / 0\n    return [turn(x) for x in xs]\n"
    exec(compile(code, "/tmp/ipykernel_1/1.py", "exec"), namespace)
    assert "line 3 of the cell with `answer`" in message(check.call, namespace["answer"], [1])


@pytest.mark.parametrize(("result", "words"), [(None, "None"), ((1, 2, 3), "gave 3"), (torch.ones(2), "Tensor")])
def test_a_wrong_number_of_values_is_named(result, words):
    text = message(check.call, lambda: result, returns=("weights", "indices"))
    assert "2 values (weights, indices)" in text and words in text


def test_an_answer_may_work_in_place_and_gradients_still_flow():
    def in_place(x):
        x *= 3
        return x

    x = torch.ones(2, requires_grad=True)
    check.call(in_place, x).sum().backward()
    check.close(x, [1.0, 1.0], "the caller's own tensor")
    check.close(x.grad, [3.0, 3.0], "its gradient")


def test_an_answer_may_use_up_its_lists_and_dicts():
    def uses_up(drafts, weights):
        weights.pop("first").mul_(3)
        return [drafts.pop(0) for _ in range(len(drafts))]

    drafts, weights = [[1], 2], {"first": torch.ones(2)}
    assert check.call(uses_up, drafts, weights) == [[1], 2]
    assert drafts == [[1], 2] and weights["first"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: _in_place(x.exp()), "changed in place"),
        (lambda x: _after_backward((x**2).sum()), "`backward()` was called"),
        (lambda x: x.detach().sum(), "cut off from its inputs"),
    ],
)
def test_where_no_gradient_can_be_had_the_reason_is_named(answer, words):
    x = torch.ones(2, requires_grad=True)
    text = message(check.gradients, answer(x), [x], "the gradient of x", look_at="the return line")
    assert text.startswith("the gradient of x: PyTorch cannot go backward") and words in text
    assert text.endswith("Look at: the return line.") and len(text.splitlines()) == 3


def _in_place(powers):
    total = powers.sum()
    powers += 1
    return total + powers.sum()


def _after_backward(loss):
    loss.backward()
    return loss


def test_a_number_that_is_new_has_gradients_of_zero():
    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    first, second = check.gradients((2 * x).sum(), [x, y], "the gradients")
    assert first.tolist() == [2, 2] and second.tolist() == [0, 0]


def doubled(x):
    return 2 * x


def agrees(function):
    for x in (torch.ones(2), torch.ones(3)):
        seen = function(x)
        check.shape(seen, x.shape, "What part 2 gets")
        check.close(seen, doubled(x), "What part 2 gets")


def chosen(capsys, yours):
    """Whether the learner's function was chosen, and what was printed."""
    function = check.yours_or_reference("double", yours, doubled, agrees)
    return function is not doubled, capsys.readouterr().out


def test_yours_is_taken_where_it_agrees(capsys):
    assert chosen(capsys, lambda: lambda x: x + x) == (True, "double       yours\n")


@pytest.mark.parametrize(
    ("yours", "why"),
    [
        (lambda: not_there, "not_there: there is no such name yet."),  # noqa: F821
        (lambda: unwritten, "unwritten: not written yet: it still says `raise NotImplementedError`"),
        (lambda: lambda x: 1 / 0, "double: stopped with ZeroDivisionError: division by zero."),
        (lambda: 3, "double: stopped with TypeError: 'int' object is not callable."),
        (
            lambda: lambda x: 3 * x,
            "What part 2 gets: expected [2.0, 2.0], yours gave [3.0, 3.0] (position [0] differs).",
        ),
        (
            lambda: lambda x: [2.0, 2.0],
            "What part 2 gets: expected a tensor of shape [2], yours gave a list: [2.0, 2.0]",
        ),
        (
            lambda: lambda x: torch.full((2, 2), 2.0).numpy(),
            "What part 2 gets: expected a tensor of shape [2], yours gave a ndarray: "
            "array([[2., 2.], [2., 2.]], dtype=float32).",
        ),
        (lambda: lambda x: _no("mine"), "double: stopped with AssertionError: mine."),
    ],
)
def test_else_the_reference_is_taken_and_one_line_says_why(capsys, yours, why):
    """Without a picture: the check of its own part has drawn it."""
    assert chosen(capsys, yours) == (False, f"double       the reference for now. {why}\n")


def _no(words):
    raise AssertionError(words)


def test_pictures_are_drawn_again_after_a_reference_was_taken(capsys):
    chosen(capsys, lambda: crashes)
    message(check.close, [1.0, 2.0], [1.0, 3.0], "x")
    assert "expected" in capsys.readouterr().out


def test_what_failed_or_never_ended_is_not_asked_again(capsys):
    calls = []

    def loops(x):
        calls.append(x)
        raise KeyboardInterrupt  # by the grader, when its time is over

    assert chosen(capsys, lambda: loops) == (
        False,
        "double       the reference for now. double: stopped with KeyboardInterrupt: it was interrupted. "
        "Is there a loop that never ends?\n",
    )
    assert len(calls) == 1


def test_a_right_call_gives_back_what_the_function_returned():
    assert check.call(lambda a, b: (a, b), 1, b=2, returns=("a", "b")) == (1, 2)


def test_in_a_notebook_no_traceback_is_drawn():
    error = CheckFailed("x", "expected 1, yours gave 2")
    assert error._render_traceback_() == ["x: expected 1, yours gave 2."]


def test_passing_says_no_more_than_is_known(capsys):
    check.passed("Part 1", points=1, hidden_points=2)
    assert capsys.readouterr().out == (
        "Part 1: the visible checks pass (1 of 3 points). More checks run when you submit (2 points).\n"
    )


def test_a_figure_needs_words():
    from openexperts import plots

    with pytest.raises(ValueError, match="alternative text"):
        plots.show(plots.new()[0], alt=" ")


def test_differences_in_a_large_tensor_are_counted():
    expected = torch.zeros(40, 50)
    seen = expected.clone()
    seen[3, 4] = seen[30, 40] = 1
    text = message(check.close, seen, expected, "logits")
    assert "expected 0.0 at [3, 4], yours gave 1.0; 2 of 2000 numbers differ" in text
    assert checks._short(expected).startswith("a tensor of shape [40, 50]")


def test_in_a_kernel_each_mistake_is_a_sentence_and_a_learners_own_error_keeps_its_traceback():
    sources = [
        "from openexperts.checks import check",
        "def _check():\n    check.equal(check.call(not_run_yet), 1, 'x')\n_check()",
        "def answer():\n    raise NotImplementedError",
        "check.equal(check.call(answer), 1, 'x')",
        "def answer():\n    total = 1\n    return total + missing_name",
        "check.equal(check.call(answer), 1, 'x')",
        "answer()",
        "check.equal(1, 1, 'x')",
    ]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    said = ["\n".join(line for output in cell.outputs for line in output.traceback) for cell in notebook.cells]
    assert "not_run_yet: there is no such name yet" in said[1] and "Run All Above" in said[1]
    assert "answer: not written yet" in said[3]
    assert "answer: stopped with NameError" in said[5]
    assert "line 3 of the cell with `answer`: `return total + missing_name`" in said[5]
    assert not any("Traceback" in text for text in (said[1], said[3], said[5]))
    assert "Traceback" in said[6] and "answer" in said[6] and said[7] == ""
