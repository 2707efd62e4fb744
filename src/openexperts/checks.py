"""Checks that teach: a failure says what was expected, what was seen, the likely misconception, and where to look.

The same check serves the notebook, `openexperts check` in the terminal, and the grader. A lab calls the learner's
function through `check.call`, so that an unwritten or crashing answer becomes a sentence, and compares by value:

    weights, indices = check.call(choose_experts, scores, bias, top_k=2, returns=("weights", "indices"))
    check.equal(indices, [[0, 2], [1, 2]], "the experts chosen",
                suspects={"the bias was left out of the choice": [[0, 1], [1, 2]]},
                look_at="step 1 of this part: add the bias before choosing")

`suspects` maps a misconception to the value that it would produce. Where the learner's value equals a suspect's, the
message names that misconception; otherwise it falls back on `likely`. Where the values take time, give a function that
makes the mapping: it is called when a value differs, and not before.
"""

import itertools
import math
import re
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from IPython import get_ipython

Suspects = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None
_ANSWER_FILES = (
    "<ipython-input",
    "/ipykernel_",
    "\\ipykernel_",
    "<string>",
)  # where a notebook's own code is compiled


_NO_WAY_BACK = {  # a part of PyTorch's message, and what an answer did
    "inplace operation": "a tensor was changed in place (`+=`, `x[...] =`) that the gradient still needs",
    "a second time": "`backward()` was called in the function; that is left to whoever calls it",
    "does not require grad": "the result is cut off from its inputs: detach, .item() or torch.no_grad() on the way",
}


class CheckFailed(AssertionError):
    """A check that did not pass. Its text is the whole message; in a notebook no traceback is drawn around it."""

    def __init__(self, what: str, finding: str, likely: str = "", look_at: str = ""):
        lines = [f"{what}: {finding}"]
        if likely:
            lines.append(f"Likely: {likely}")
        if look_at:
            lines.append(f"Look at: {look_at}")
        text = "\n".join(line if line.endswith((".", "?", "!", "]", "`")) else line + "." for line in lines)
        # Jupyter cannot send half a character; the failure would be lost on its way, and the cell taken for passed.
        super().__init__(text.encode("utf-8", "backslashreplace").decode("utf-8"))

    def _render_traceback_(self) -> list[str]:  # IPython asks for this before it draws a traceback
        return str(self).splitlines()


def _tensor(value: Any) -> torch.Tensor | None:
    """`value` as a detached tensor, or None where it is not numbers."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    try:
        return torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError):
        return None


def _short(value: Any, limit: int = 160) -> str:
    """`value` in a few words: small tensors as numbers, large ones as shape, kind and range."""
    if isinstance(value, torch.Tensor):
        value = value.detach()
        if value.numel() <= 12:
            rounded = value.tolist() if not value.is_floating_point() else _rounded(value.tolist())
            return str(rounded)
        words = f"a tensor {_form(value)}"
        if value.is_floating_point() and value.isfinite().any():
            finite = value[value.isfinite()]
            words += f" from {finite.min():.4g} to {finite.max():.4g}"
        return words
    if isinstance(value, float):
        return f"{value:.6g}"
    text = re.sub(r"\n\s*", " ", repr(value))  # an array's takes several lines
    return text if len(text) <= limit else text[:limit] + " ..."


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.4g}")


def _form(value: torch.Tensor) -> str:
    return f"of shape {list(value.shape)} and type {str(value.dtype).removeprefix('torch.')}"


def _not_a_tensor(value: Any) -> str:
    if value is None:
        return "yours gave None (does the function end with `return ...`?)"
    return f"yours gave a {type(value).__name__}: {_short(value)}"


class Check:
    """The checks. One object, `check`, is imported by every lab."""

    _draws = True  # whether tensors that differ are drawn

    def call(self, function: Callable, *args: Any, returns: Sequence[str] = (), **kwargs: Any) -> Any:
        """Call the learner's `function` and give back what it returned.

        `returns` names the values of a tuple, as in `("weights", "indices")`, and the count is checked. Raises
        CheckFailed in place of whatever the function raised, with the line of the learner's code that raised it.
        Tensors, lists and dicts are handed over as copies: an answer that works in place is as good as another
        (gradients flow back through the copy).
        """
        name = getattr(function, "__name__", type(function).__name__)
        try:
            result = function(*_copied(args), **_copied(kwargs))
        except CheckFailed:
            raise
        except Exception as error:
            if getattr(error, "of_the_lab", False):  # the check asked for what cannot be handed over
                raise
            raise _stopped(error, name, _given(args, kwargs)) from None
        if returns:
            asked = f"{len(returns)} values ({', '.join(returns)})"
            if not isinstance(result, (tuple, list)):
                raise CheckFailed(name, f"expected {asked}, {_not_a_tensor(result)}", look_at="the `return` line")
            if len(result) != len(returns):
                raise CheckFailed(name, f"expected {asked}, yours gave {len(result)}", look_at="the `return` line")
        return result

    def gradients(self, output: torch.Tensor, inputs: Sequence[torch.Tensor], what: str, *, look_at: str = "") -> tuple:
        """The gradients of the learner's `output` at each of `inputs`, zeros where none arrives.

        Raises CheckFailed where PyTorch cannot go backward, and names what an answer does to bring that about.
        """
        try:
            return torch.autograd.grad(output, inputs, materialize_grads=True)
        except Exception as error:
            if getattr(error, "of_the_lab", False):
                raise
            likely = next((words for part, words in _NO_WAY_BACK.items() if part in str(error)), "")
            finding = re.split(r"\. |: \[| \(|\n", str(error).strip())[0] or type(error).__name__  # PyTorch's are long
            raise CheckFailed(what, f"PyTorch cannot go backward: {finding}", likely, look_at) from None

    def beside(self, function: Callable, *args: Any) -> Any:
        """Call a set-up cell's `function` in the process in which the learner's code runs.

        For what can only be seen there, such as how often an operation is used. When a submission is graded that is
        another process than the check's, and what it says is a claim: let values decide the rest of the points.
        """
        learners = next((value for value in args if hasattr(value, "_run_beside")), None)
        return learners._run_beside(function.__name__, args) if learners else function(*args)

    def shape(self, seen: Any, shape: Sequence[int], what: str, *, likely: str = "", look_at: str = "") -> None:
        """`seen` is a tensor of this shape."""
        expected = list(shape)
        tensor = seen if isinstance(seen, torch.Tensor) else None
        if tensor is None:
            raise CheckFailed(what, f"expected a tensor of shape {expected}, {_not_a_tensor(seen)}", likely, look_at)
        if list(tensor.shape) != expected:
            if not likely and sorted(tensor.shape) == sorted(expected):
                likely = "two dimensions are the wrong way round"
            raise CheckFailed(what, f"expected shape {expected}, yours has shape {list(tensor.shape)}", likely, look_at)

    def equal(
        self,
        seen: Any,
        expected: Any,
        what: str,
        *,
        suspects: Suspects = None,
        likely: str = "",
        look_at: str = "",
    ) -> None:
        """`seen` equals `expected` exactly: whole numbers, choices, words."""
        reference = _tensor(expected)
        if reference is None:  # words and other plain data
            if seen != expected:
                likely = next((name for name, value in _named(suspects) if value == seen), likely)
                raise CheckFailed(what, f"expected {_short(expected)}, yours gave {_short(seen)}", likely, look_at)
            return
        self._compare(seen, reference, what, 0.0, 0.0, suspects, likely, look_at)

    def close(
        self,
        seen: Any,
        expected: Any,
        what: str,
        *,
        atol: float = 1e-5,
        rtol: float = 1e-5,
        suspects: Suspects = None,
        likely: str = "",
        look_at: str = "",
    ) -> None:
        """`seen` equals `expected` within `atol + rtol * |expected|`, element by element; NaN is never close.

        The default, 1e-5, is about ten times the noise of a few hundred fp32 additions of numbers near 1; a lab that
        compares something longer chooses its own and says why.
        """
        self._compare(seen, _tensor(expected), what, atol, rtol, suspects, likely, look_at)

    def that(self, holds: bool, what: str, *, expected: Any, seen: Any, likely: str = "", look_at: str = "") -> None:
        """`holds` is true; the caller says what was expected and seen."""
        if not bool(holds):
            raise CheckFailed(what, f"expected {_words(expected)}, yours gave {_words(seen)}", likely, look_at)

    def yours_or_reference(
        self,
        name: str,
        yours: Callable[[], Callable],
        reference: Callable,
        agrees: Callable[[Callable], None],
    ) -> Callable:
        """The learner's function, which `yours()` gives, if `agrees` has no complaint of it, otherwise `reference`.

        So that a mistake costs only its own part: later parts use what this gives. `agrees(function)` calls the
        function and compares through the other checks. One line says under `name` which of the two it is; for the
        reference with the reason, the first line of what `agrees` raised.

        A function that has no name yet, that stops, or that never ends and is interrupted, is as good as one that
        differs. After that it is not asked again.
        """
        self._draws = False  # the check of its own part draws
        try:
            function = _by_name(yours)
            agrees(function)
            chosen, words = function, "yours"
        except (Exception, KeyboardInterrupt) as error:
            failed = error if isinstance(error, CheckFailed) else _stopped(error, name)
            chosen, words = reference, f"the reference for now. {str(failed).splitlines()[0]}"
        finally:
            self._draws = True
        print(f"{name:12} {words}")
        return chosen

    def passed(self, part: str, points: int, hidden_points: int) -> None:
        """Say that a part's visible checks pass, and that hidden ones follow: never more than is known."""
        print(
            f"{part}: the visible checks pass ({points} of {points + hidden_points} points). "
            f"More checks run when you submit ({hidden_points} {'point' if hidden_points == 1 else 'points'})."
        )

    def _compare(
        self,
        seen: Any,
        expected: torch.Tensor,
        what: str,
        atol: float,
        rtol: float,
        suspects: Suspects,
        likely: str,
        look_at: str,
    ) -> None:
        value = _tensor(seen)
        if value is None:
            raise CheckFailed(
                what,
                f"expected a tensor of shape {list(expected.shape)}, {_not_a_tensor(seen)}",
                likely,
                look_at,
            )
        if value.shape != expected.shape:
            self.shape(value, expected.shape, what, likely=_suspect(value, suspects, atol, rtol), look_at=look_at)
        if value.is_complex():
            raise CheckFailed(what, f"expected real numbers, yours are {_form(value)}", likely, look_at)
        differs = ~_is_close(value, expected, atol, rtol)
        if not differs.any():
            return
        first = tuple(differs.nonzero()[0].tolist())
        place = f"[{', '.join(map(str, first))}]"
        count = int(differs.sum())
        if value.is_floating_point() and value.isnan().any():
            finding = (
                f"expected {_short(expected)}, yours holds NaN ({int(value.isnan().sum())} of {value.numel()} numbers)"
            )
            likely = likely or (
                "a division by zero, a softmax of nothing but -inf, or a logarithm or root of a negative number"
            )
        elif value.numel() <= 12:
            finding = f"expected {_short(expected)}, yours gave {_short(value)}"
            finding += f" (position {place} differs)" if value.numel() > 1 else ""
        else:
            finding = (
                f"expected {_short(expected[first])} at {place}, yours gave {_short(value[first])}; "
                f"{count} of {value.numel()} numbers differ"
            )
        if value.numel() > 1 and self._draws:
            draw_side_by_side(expected, value, differs, what)
        raise CheckFailed(what, finding, _suspect(value, suspects, atol, rtol) or likely, look_at)


def _copied(value: Any) -> Any:
    """`value` with its tensors cloned, inside lists, tuples and dicts too; all else is the caller's own."""
    if isinstance(value, torch.Tensor):
        return value.clone()
    if type(value) in (list, tuple):  # a named tuple is made in another way
        return type(value)(_copied(item) for item in value)
    return {key: _copied(item) for key, item in value.items()} if type(value) is dict else value


def _given(args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """What a function was called with, where that can be said in a line; otherwise nothing."""
    values = [*args, *kwargs.values()]
    tensors = [value for value in values if isinstance(value, torch.Tensor)]
    if any(tensor.numel() > 12 for tensor in tensors):
        return ""
    if not all(isinstance(value, (bool, int, float, str, torch.Tensor)) for value in values):
        return ""
    words = ", ".join([*map(_short, args), *(f"{name}={_short(value)}" for name, value in kwargs.items())])
    return words if len(words) <= 90 else ""


def _words(value: Any) -> str:
    return value if isinstance(value, str) else _short(value)


def _is_close(value: torch.Tensor, expected: torch.Tensor, atol: float, rtol: float) -> torch.Tensor:
    if value.dtype == torch.bool or expected.dtype == torch.bool or not (atol or rtol):
        return value.to(expected.dtype) == expected if value.dtype == torch.bool else value == expected
    return torch.isclose(value.double(), expected.double(), atol=atol, rtol=rtol)


def _named(suspects: Suspects) -> Iterable[tuple[str, Any]]:
    return ((suspects() if callable(suspects) else suspects) or {}).items()


def _suspect(value: torch.Tensor, suspects: Suspects, atol: float, rtol: float) -> str:
    """The misconception whose value this is, if one of them fits."""
    for sentence, wrong in _named(suspects):
        wrong = _tensor(wrong)
        if wrong is not None and wrong.shape == value.shape and bool(_is_close(value, wrong, atol, rtol).all()):
            return sentence
    return ""


def _by_name(yours: Callable[[], Any]) -> Any:
    """What `yours()` gives; where the cell that defines it stopped, there is no such name."""
    try:
        return yours()
    except NameError as error:
        raise CheckFailed(str(error.name), "there is no such name yet") from None


def _stopped(error: BaseException, name: str, given: str = "") -> CheckFailed:
    """What ended a call of the learner's function `name` with the values `given`, in words."""
    if isinstance(error, NotImplementedError) and not str(error):  # with words it is torch's own
        name = _last_function(error)  # the unwritten one may be called by this one
        return CheckFailed(
            name,
            "not written yet: it still says `raise NotImplementedError`",
            look_at=f"the cell with `def {name}`: write its body, run the cell, save, and check again",
        )
    kind, words = getattr(error, "kind", type(error).__name__), str(error).strip()
    if isinstance(error, KeyboardInterrupt):
        words = words or "it was interrupted. Is there a loop that never ends?"
    called = f" (called with {given})" if given else ""
    return CheckFailed(name, f"stopped with {kind}: {words or '(no message)'}{called}", look_at=_where(error, name))


def _last_function(error: BaseException) -> str:
    """The name of the function that raised `error`; an error of another process brings it along."""
    return getattr(error, "where", {}).get("function") or traceback.extract_tb(error.__traceback__)[-1].name


def _where(error: BaseException, name: str) -> str:
    """The last line of the learner's own code on the way to `error`."""
    line = getattr(error, "where", None)  # the learner's code ran in another process, which has said where
    if line is None:
        line = answers_line(error)
    if not line:
        return f"how `{name}` is called and which values it takes"
    return f"line {line['line']} of the cell with `{line['function']}`: `{line['text']}`"


def answers_line(error: BaseException) -> dict:
    """The last line of a notebook's functions on the way to `error`: number, function and text; {} if there is none.

    A lab's references (their names begin with `reference`) are not the learner's: then it is the line that called one.
    The function is the one through which that cell was entered: the reader looks for `attention`, and not for a helper
    inside it or a `<listcomp>`.
    """
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if any(mark in frame.filename for mark in _ANSWER_FILES) and frame.name != "<module>"
    ]
    own = list(itertools.takewhile(lambda frame: not frame.name.startswith("reference"), frames))
    frames = own or frames
    if not frames:
        return {}
    last = frames[-1]
    entered = next(frame for frame in frames if frame.filename == last.filename)
    return {"line": last.lineno, "function": entered.name, "text": (last.line or "").strip()}


def draw_side_by_side(expected: torch.Tensor, seen: torch.Tensor, differs: torch.Tensor, what: str) -> None:
    """Draw the expected and the seen tensor beside each other, and a map of where they differ.

    Tensors of more than two dimensions are shown at the first slice that differs; at most 32 rows and columns around
    the first difference (a terminal gets 6 rows of 5 numbers).
    """
    from openexperts import plots  # matplotlib takes a second to import, and only a failure needs it

    *lead, row, column = [0, *differs.nonzero()[0].tolist()] if expected.dim() == 1 else differs.nonzero()[0].tolist()
    slices = [tensor[tuple(lead)] if lead else tensor for tensor in (expected.double(), seen.double(), differs)]
    slices = [tensor.reshape(1, -1) if tensor.dim() == 1 else tensor for tensor in slices]
    # The heading says what the message says, so that a terminal can show the numbers here and need not repeat them.
    first = ", ".join(map(str, differs.nonzero()[0].tolist()))
    words = f"{what}: {int(differs.sum())} of {differs.numel()} numbers differ (*), the first at [{first}]\n"
    top, left = max(0, row - 3), max(0, column - 2)
    shown = _window(slices, top, left, 6, 5)
    places = zip(("rows", "columns"), (top, left), shown[0].shape, slices[0].shape, strict=True)
    if part := [f"{name} {at} to {at + n - 1} of 0 to {whole - 1}" for name, at, n, whole in places if n < whole]:
        words += f"Shown: {' and '.join(part)}\n"  # else numbers that were compared seem to be missing
    words += _side_by_side_text(*shown)
    top, left = max(0, row - 16), max(0, column - 16)
    expected, seen, differs = _window(slices, top, left, 32, 32)

    finite = torch.cat([expected.flatten(), seen[seen.isfinite()].flatten()])
    low, high = float(finite.min()), float(finite.max())
    figure, axes = plots.new(columns=3, width=8.5, height=min(3.6, 1.4 + 0.25 * expected.shape[0]))
    for axis, title, tensor in zip(
        axes, ("expected", "yours", "where they differ (black)"), (expected, seen, differs), strict=True
    ):
        if tensor is differs:
            axis.imshow(differs.numpy(), vmin=0, vmax=1, cmap="Greys", aspect="auto")
        else:
            image = axis.imshow(tensor.numpy(), vmin=low, vmax=max(high, low + 1e-9), cmap="cividis", aspect="auto")
        axis.set_title(title)
        for length, start, ticks in zip(tensor.shape, (top, left), (axis.set_yticks, axis.set_xticks), strict=True):
            places = range(0, length, math.ceil(length / 8))
            ticks(places, labels=[str(start + place) for place in places])
        axis.set_xlabel("column")
        axis.set_ylabel("row")
        if tensor.numel() <= 48 and tensor is not differs:
            label = {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 1}
            for i, numbers in enumerate(tensor.tolist()):
                for j, number in enumerate(numbers):
                    axis.text(j, i, f"{number:.3g}", ha="center", va="center", fontsize=8, bbox=label)
    figure.colorbar(image, ax=axes[1], label="value")
    place = f" (slice {lead} of the leading dimensions)" if lead else ""
    plots.show(
        figure,
        alt=f"{what}: expected, yours, and where they differ, side by side{place}: {int(differs.sum())} of the "
        f"{differs.numel()} numbers shown differ.",
        text=words,
    )


def _window(tensors: list[torch.Tensor], top: int, left: int, height: int, width: int) -> list[torch.Tensor]:
    return [tensor[top : top + height, left : left + width] for tensor in tensors]


def _side_by_side_text(expected: torch.Tensor, seen: torch.Tensor, differs: torch.Tensor) -> str:
    """The same picture for a terminal, a star at each difference."""
    rows = [("expected", "yours")]
    for left, right, marks in zip(expected.tolist(), seen.tolist(), differs.tolist(), strict=True):
        yours = [f"{number:9.4g}{'*' if bad else ' '}" for number, bad in zip(right, marks, strict=True)]
        rows.append((" ".join(f"{number:9.4g}" for number in left), " ".join(yours)))
    width = max(len(left) for left, _ in rows)
    return "\n".join(f"  {left:{width}}  |  {right}" for left, right in rows)


def _explain_missing_name(shell: Any, kind: type, error: NameError, trace: Any, tb_offset: int | None = None) -> Any:
    """In a check cell, a name that is not there means an answer cell that was not run: say so. Else show the error."""
    cell = last = trace.tb_next or trace  # past IPython's own frame, to the cell's
    while last.tb_next:
        last = last.tb_next
    here = last.tb_frame.f_code.co_filename == cell.tb_frame.f_code.co_filename
    if "check." not in shell.user_ns["_ih"][-1] or not here:
        return shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
    failed = CheckFailed(
        str(error.name),
        "there is no such name yet",
        likely="the name is spelt differently in its cell, or that cell was not run since the kernel started",
        look_at="the cell that defines it: run it (JupyterLab: Run > Run All Above Selected Cell), then check again",
    )
    shell._showtraceback(kind, error, failed._render_traceback_())


def explain_missing_names(shell: Any) -> None:
    """Let `shell` put a NameError of a check cell into words."""
    shell.set_custom_exc((NameError,), _explain_missing_name)


check = Check()
if (_shell := get_ipython()) is not None:
    explain_missing_names(_shell)
