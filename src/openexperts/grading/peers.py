"""A conversation between two processes: requests, answers, calls of functions that live on the other side, gradients.

A request is answered before the next one; while one side waits, it serves requests of the other, so that a function may
be called back. `LearnerSide` (learner_side.py) serves anything of the learner's, `ExaminerSide` (standins.py) only
functions that a check has handed over.

Gradients cross. A tensor that needs one goes over as a leaf; the side that is called keeps the graph of the call; the
answer is an output of `_Remote`, whose backward asks the other side for the vector-Jacobian product.
"""

import builtins
import contextlib
import dataclasses
import itertools
import types
from collections.abc import Iterable, Iterator
from typing import Any

import torch

from openexperts.checks import answers_line
from openexperts.grading.wire import Channel, WireError, decode, encode

MAX_WORDS = 4000  # of a learner's exception


class LearnerError(Exception):
    """The learner's code raised something. `args[0]` is its own message, `where` the line, `kind` the exception's name.

    What is raised is a subclass that is also Python's own class of that name, so that `except ValueError` works.
    """

    kind = "Exception"
    where: dict = {}

    def __str__(self) -> str:
        return self.args[0] if self.args else ""


def _numbers(value: Any) -> list[int]:
    if not isinstance(value, list) or not all(type(number) is int for number in value):
        raise WireError("numbers that are none")
    return value


def _error_from(note: Any) -> LearnerError:
    note = note if isinstance(note, dict) else {}
    names = note.get("mro")
    names = [name for name in names[:20] if isinstance(name, str)] if isinstance(names, list) else []
    found = [getattr(builtins, name, None) for name in names]
    base = next((kind for kind in found if isinstance(kind, type) and issubclass(kind, Exception)), Exception)
    if issubclass(base, (StopIteration, StopAsyncIteration, ExceptionGroup)):
        base = RuntimeError  # the first would end a loop here, the last needs more than words
    kind = type(LearnerError.__name__, (LearnerError,) if base is Exception else (LearnerError, base), {})
    error = kind.__new__(kind)
    words = note.get("message")
    error.args = (words[:MAX_WORDS] if isinstance(words, str) else "",)
    error.kind = (names or ["Exception"])[0][:100]
    where = note.get("where")
    if isinstance(where, dict) and isinstance(where.get("line"), int):
        words = {key: value[:300] for key, value in where.items() if key in ("function", "text") and type(value) is str}
        error.where = {"function": "", "text": "", "line": where["line"]} | words
    return error


def _error_note(error: BaseException) -> dict:
    """What the other side is told of an exception."""
    where = answers_line(error)
    if where:
        where["text"] = where["text"][:300]
    try:
        message = str(error)[:MAX_WORDS]
    except Exception:
        message = "(its message cannot be read)"
    if isinstance(error, KeyboardInterrupt):
        message = "it did not finish in time. Is there a loop that never ends?"
    message = message.encode("utf-8", "replace").decode()
    return {"mro": [kind.__name__ for kind in type(error).__mro__], "message": message, "where": where}


class Peer:
    """One end of the socket. A request is answered before the next; meanwhile requests of the other side are served."""

    shows_its_code = True  # the line that raised an error

    def __init__(self, channel: Channel):
        self.channel = channel
        self.broken = ""  # why nothing more is believed of the other side
        self._numbers = itertools.count(1)
        self._exported: dict[int, Any] = {}
        self._calls: dict[int, tuple[list, list]] = {}  # outputs and inputs of calls whose gradient may be asked
        self._released: list[int] = []

    # Asking

    def request(self, op: str, tensors: list = (), **fields: Any) -> tuple[dict, list]:
        """Send a request and wait for its answer, which is a dict and tensors. Raises what the other side raised."""
        if self.broken:
            raise WireError(self.broken)
        number = next(self._numbers)
        released, self._released = self._released, []
        self.channel.send({"op": op, "n": number, "released": released, **fields}, list(tensors))
        with self.believing():
            while True:
                message, came = self.channel.receive()
                if "op" in message:
                    self.serve(message, came)
                elif message.get("n") != number:
                    raise WireError("an answer to a question that nobody asked")
                elif "error" in message:
                    raise _error_from(message["error"])
                else:
                    return message, came

    @contextlib.contextmanager
    def believing(self) -> Iterator[None]:
        """After one thing that is not of the agreed form, nothing more is believed."""
        try:
            yield
        except WireError as error:
            self.broken = self.broken or str(error)
            raise

    def call(self, number: int, args: tuple, kwargs: dict, mirrors: Iterable[torch.Tensor] = ()) -> Any:
        """Call object `number` of the other side. Tensors of the answer carry gradients where theirs do."""
        sent: list[torch.Tensor] = []
        coded = encode([list(args), kwargs], sent, self.export)
        inputs = [tensor for tensor in sent if tensor.requires_grad]  # their gradients come back to these
        answer, came = self.request("call", sent, id=number, v=coded, grad=torch.is_grad_enabled())
        with self.believing():
            return self._result(answer, came, inputs, [mirror for mirror in mirrors if mirror.requires_grad])

    def _result(self, answer: dict, came: list, inputs: list, mirrors: list) -> Any:
        call = answer.get("call")
        if type(call) is not int or not torch.is_grad_enabled() or not (inputs or mirrors):
            return decode(answer.get("v"), came, lambda tag: self.resolve(tag, came))
        wanted: list[int] = []

        def collect(tag: dict) -> Any:
            if tag["$"] == "tensor":
                wanted.append(tag["i"])
                return _Place(tag["i"])
            return self.resolve(tag, came)

        value = decode(answer.get("v"), came, collect)
        wanted = sorted(set(wanted))
        outputs = [came[i] for i in wanted]
        if not all(output.is_floating_point() or output.is_complex() for output in outputs):
            raise WireError("a gradient through whole numbers")
        graph = _Call(self, call, [mirror._oe_id for mirror in mirrors])
        results = _Remote.apply(graph, len(outputs), *outputs, *inputs, *mirrors)
        return _fill(value, dict(zip(wanted, results, strict=True)))

    # Answering

    def serve(self, message: dict, tensors: list) -> None:
        """Answer one request. A request that is not of the agreed form raises WireError."""
        number = message.get("n")
        if type(number) is not int:
            raise WireError("a request without a number")
        for call in _numbers(message.get("released", [])):
            self._calls.pop(call, None)
        sent: list[torch.Tensor] = []
        try:
            answer = self.answer(message, tensors, sent)
            self.channel.send({"n": number, **answer}, sent)
        except WireError:
            raise
        except BaseException as error:  # an interrupt too: the one who asks must be told
            hidden = {} if self.shows_its_code else {"where": {}}
            self.channel.send({"n": number, "error": _error_note(error) | hidden})

    def answer(self, message: dict, tensors: list, sent: list) -> dict:
        op = message["op"]
        if op == "call":
            return self._answer_call(message, tensors, sent)
        if op == "vjp":
            return self._answer_vjp(message, tensors, sent)
        raise WireError(f"a request of an unknown kind: {op!r:.40}")

    def _answer_call(self, message: dict, tensors: list, sent: list) -> dict:
        leaves: list[torch.Tensor] = []

        def resolve(tag: dict) -> Any:
            if tag["$"] == "tensor":
                leaf = tag["tensor"].requires_grad_()
                leaves.append(leaf)
                return leaf.clone()  # not the leaf: code that works in place is as good as another
            return self.resolve(tag, tensors)

        function = self.exported(message.get("id"))
        with torch.set_grad_enabled(bool(message.get("grad"))):
            args, kwargs = decode(message.get("v"), tensors, resolve)
            value = function(*args, **kwargs)
            answer = {"v": encode(value, sent, self.export)}
            outputs = [tensor for tensor in sent if tensor.requires_grad]
        if outputs:
            answer["call"] = next(self._numbers)
            self._calls[answer["call"]] = (outputs, leaves)
        return answer

    def _answer_vjp(self, message: dict, tensors: list, sent: list) -> dict:
        if message.get("call") not in self._calls:
            raise WireError("a gradient of a call that is not kept")
        outputs, leaves = self._calls[message["call"]]
        given = message["given"]
        if len(given) != len(outputs):
            raise WireError("a gradient for other outputs than there were")
        pairs = [(out, tensors[i]) for out, i in zip(outputs, given, strict=True) if i is not None]
        inputs = leaves + [self.parameter(number) for number in message.get("parameters", ())]
        with torch.enable_grad():
            grads = torch.autograd.grad(
                [out for out, _ in pairs],
                inputs,
                [grad.to(out.dtype) for out, grad in pairs],
                retain_graph=True,
                allow_unused=True,
            )
        places = []
        for grad in grads:
            places.append(None if grad is None else len(sent))
            if grad is not None:
                sent.append(grad)
        return {"v": places}

    def export(self, value: Any) -> dict:
        raise NotImplementedError

    def resolve(self, tag: dict, tensors: list) -> Any:
        raise NotImplementedError

    def exported(self, number: Any) -> Any:
        if type(number) is not int or number not in self._exported:
            raise WireError("an object that was never handed over")
        return self._exported[number]

    def parameter(self, number: Any) -> torch.Tensor:
        raise WireError("parameters are the learner's only")

    def _keep(self, value: Any) -> int:
        for number, known in self._exported.items():
            if known is value:
                return number
        number = len(self._exported) + 1
        self._exported[number] = value
        return number


@dataclasses.dataclass(frozen=True)
class _Place:
    """Where in an answer an output of `_Remote` goes."""

    number: int


def _fill(value: Any, results: dict[int, torch.Tensor]) -> Any:
    if isinstance(value, _Place):
        return results[value.number]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_fill(item, results) for item in value))
    if isinstance(value, (list, tuple)):
        return type(value)(_fill(item, results) for item in value)
    if isinstance(value, dict):
        return {key: _fill(item, results) for key, item in value.items()}
    if isinstance(value, types.SimpleNamespace):
        return types.SimpleNamespace(**_fill(vars(value), results))
    return value


class _Call:
    """A call of the other side whose graph is kept there as long as this object lives."""

    def __init__(self, peer: Peer, number: int, parameters: list[int]):
        self.peer, self.number, self.parameters = peer, number, parameters

    def __del__(self):
        self.peer._released.append(self.number)


class _Remote(torch.autograd.Function):
    """The tensors that a call gave, as functions of what it was given."""

    @staticmethod
    def forward(ctx, graph: _Call, n_outputs: int, *tensors: torch.Tensor):
        ctx.graph = graph
        ctx.forms = [(tensor.shape, tensor.dtype) for tensor in tensors[n_outputs:]]
        ctx.n_outputs = n_outputs
        ctx.set_materialize_grads(False)
        return tuple(tensor.clone() for tensor in tensors[:n_outputs])

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, *grads):
        sent, given = [], []
        for grad in grads:
            given.append(None if grad is None else len(sent))
            if grad is not None:
                sent.append(grad)
        empty = [None] * (2 + ctx.n_outputs)
        if not sent:
            return (*empty, *[None] * len(ctx.forms))
        peer = ctx.graph.peer
        answer, came = peer.request("vjp", sent, call=ctx.graph.number, given=given, parameters=ctx.graph.parameters)
        places = answer.get("v")
        with peer.believing():
            if not isinstance(places, list) or len(places) != len(ctx.forms):
                raise WireError("gradients for other inputs than there were")
            return (*empty, *(_gradient(place, came, *form) for place, form in zip(places, ctx.forms, strict=True)))


def _gradient(place: Any, came: list, shape: torch.Size, dtype: torch.dtype) -> torch.Tensor | None:
    if place is None:
        return None
    if type(place) is not int or not 0 <= place < len(came) or came[place].shape != shape:
        raise WireError("a gradient of another shape than its input")
    return came[place].to(dtype)


def attribute(module: types.ModuleType, path: str) -> Any:
    value = module
    for name in path.split("."):
        value = getattr(value, name)
    return value
