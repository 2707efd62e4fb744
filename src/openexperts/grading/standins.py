"""Stand-ins: how a check calls what a learner wrote, without the learner's code in the examiner's process.

The examiner's process holds, in place of a learner's function, class or module, an object that sends the call over a
socket and takes back plain data (wire.py). What comes back is a claim to be compared, whoever made it.

Gradients cross too. A tensor that needs one goes over as a leaf; the learner's process keeps the graph of the call; the
answer is an output of `_Remote`, whose backward asks the learner's process for the vector-Jacobian product. Parameters
of a learner's `nn.Module` have a leaf of their own here, a *mirror*, so that `loss.backward()` fills its `.grad`.

`LearnerSide` serves anything of the learner's. `ExaminerSide` serves only functions that a check has handed over.
"""

import builtins
import contextlib
import dataclasses
import importlib
import inspect
import itertools
import traceback
import types
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

from openexperts.grading.wire import CannotCross, Channel, WireError, decode, encode

MAX_WORDS = 4000  # of a learner's exception
LIBRARIES = ("torch", "math", "operator", "numpy", "transformers", "builtins", "functools", "itertools")
# Where a notebook's own code is compiled; see openexperts.checks.
CELLS = ("<ipython-input", "/ipykernel_", "\\ipykernel_", "<string>")


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
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if any(m in frame.filename for m in CELLS)]
    inside = [frame for frame in frames if frame.name != "<module>"] or frames
    where = {}
    if inside:
        line = inside[-1]
        where = {"line": line.lineno, "text": (line.line or "").strip()[:300], "function": line.name}
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
        inputs: list[torch.Tensor] = []
        coded = encode([list(args), kwargs], sent, self.export)
        # The tensors as they are here, in the order in which they were sent: their gradients come back to these.
        for tensor in _tensors_in([list(args), kwargs]):
            if tensor.requires_grad:
                inputs.append(tensor)
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
        graph = _Call(self, call, len(inputs), [mirror._oe_id for mirror in mirrors])
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
            outputs = [tensor for tensor in _tensors_in(value) if tensor.requires_grad]
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


def _tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """The tensors in `value`, in the order in which `encode` sends them."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _tensors_in(key)
            yield from _tensors_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _tensors_in(item)
    elif isinstance(value, types.SimpleNamespace):
        yield from _tensors_in(vars(value))


class _Call:
    """A call of the other side whose graph is kept there as long as this object lives."""

    def __init__(self, peer: Peer, number: int, n_inputs: int, parameters: list[int]):
        self.peer, self.number, self.n_inputs, self.parameters = peer, number, n_inputs, parameters

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


# The learner's side


class LearnerSide(Peer):
    """Serves what stands in `namespace`, the learner's notebook."""

    def __init__(self, channel: Channel, namespace: dict):
        super().__init__(channel)
        self.namespace = namespace
        self._parameters: dict[int, torch.Tensor] = {}

    def answer(self, message: dict, tensors: list, sent: list) -> dict:
        op = message["op"]
        if op == "names":
            found = {name: self.namespace[name] for name in message["names"] if name in self.namespace}
            coded = {}
            for name, value in found.items():
                try:
                    coded[name] = encode(value, sent, self.export)
                except CannotCross as error:
                    coded[name] = {"$": "refused", "why": str(error)}
            return {"v": coded}
        if op == "push":
            return self._answer_push(message, tensors)
        if op in ("attr", "set", "iter", "next", "len", "item", "has", "parameters"):
            with torch.set_grad_enabled(bool(message.get("grad", True))):
                return getattr(self, f"_answer_{op}")(self.exported(message.get("id")), message, tensors, sent)
        return super().answer(message, tensors, sent)

    def _answer_attr(self, value: Any, message: dict, tensors: list, sent: list) -> dict:
        return {"v": encode(getattr(value, message["name"]), sent, self.export)}

    def _answer_set(self, value: Any, message: dict, tensors: list, sent: list) -> dict:
        setattr(value, message["name"], decode(message["v"], tensors, lambda tag: self.resolve(tag, tensors)))
        return {}

    def _answer_next(self, value: Any, message: dict, tensors: list, sent: list) -> dict:
        try:
            return {"v": encode(next(value), sent, self.export)}
        except StopIteration:
            return {"done": True}

    def _answer_iter(self, value: Any, message: dict, tensors: list, sent: list) -> dict:
        return {"v": encode(iter(value), sent, self.export)}

    def _answer_len(self, value: Any, message: dict, tensors: list, sent: list) -> dict:
        return {"v": len(value)}

    def _answer_item(self, value: Any, message: dict, tensors: list, sent: list) -> dict:
        key = decode(message["v"], tensors, lambda tag: self.resolve(tag, tensors))
        return {"v": encode(value[key], sent, self.export)}

    def _answer_has(self, value: Any, message: dict, tensors: list, sent: list) -> dict:
        return {"v": decode(message["v"], tensors, lambda tag: self.resolve(tag, tensors)) in value}

    def _answer_parameters(self, value: nn.Module, message: dict, tensors: list, sent: list) -> dict:
        coded = [[name, encode(parameter, sent, self.export)] for name, parameter in value.named_parameters()]
        for note, (_, parameter) in zip(coded, value.named_parameters(), strict=True):
            note[1]["parameter"] = self._number(parameter)
        return {"v": coded}

    def _answer_push(self, message: dict, tensors: list) -> dict:
        with torch.no_grad():
            for number, tensor in zip(message["numbers"], tensors, strict=True):
                self.parameter(number).copy_(tensor)
        return {}

    def _number(self, parameter: torch.Tensor) -> int:
        for number, known in self._parameters.items():
            if known is parameter:
                return number
        self._parameters[len(self._parameters) + 1] = parameter
        return len(self._parameters)

    def parameter(self, number: Any) -> torch.Tensor:
        return self._parameters[number]

    def export(self, value: Any) -> dict:
        """A note of something that stays here."""
        note = {"$": "theirs", "id": self._keep(value), "name": str(getattr(value, "__name__", type(value).__name__))}
        if isinstance(value, nn.Module):
            kind = "module"
        elif isinstance(value, type):
            kind = "class"
        elif isinstance(value, Iterator):
            kind = "iterator"
        elif inspect.isroutine(value) or (callable(value) and not isinstance(value, types.ModuleType)):
            kind = "function"
        else:
            kind = "object"
        return note | {"kind": kind}

    def resolve(self, tag: dict, tensors: list) -> Any:
        """What the examiner meant: the learner's own object, a function to call back, or one of a library's."""
        kind = tag["$"]
        if kind == "yours":
            return self.exported(tag["id"])
        if kind == "callback":
            return _Callback(self, tag["id"], tag["name"])
        if kind == "library":
            return _attribute(importlib.import_module(tag["module"]), tag["name"])
        if kind == "instance":
            fields = dict(decode(tag["v"], tensors, lambda inner: self.resolve(inner, tensors)))
            home = self.namespace if tag["module"] == "__main__" else vars(importlib.import_module(tag["module"]))
            return home[tag["name"]](**fields)
        if kind == "config":
            fields = decode(tag["v"], tensors, lambda inner: self.resolve(inner, tensors))
            return _attribute(importlib.import_module(tag["module"]), tag["name"]).from_dict(fields)
        if kind == "tensor":
            return tag["tensor"].requires_grad_()
        raise WireError(f"data of an unknown kind: {kind!r:.40}")


def _attribute(module: types.ModuleType, path: str) -> Any:
    value = module
    for name in path.split("."):
        value = getattr(value, name)
    return value


class _Callback:
    """A function of the examiner's, in the learner's process, while a check runs."""

    def __init__(self, peer: Peer, number: int, name: str):
        self.__name__ = self.__qualname__ = name
        self._peer, self._number = peer, number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._peer.call(self._number, args, kwargs)


# The examiner's side


class ExaminerSide(Peer):
    """Makes stand-ins, and serves only functions that a check has handed over."""

    shows_its_code = False  # it may be a hidden check's

    def __init__(self, channel: Channel):
        super().__init__(channel)
        self.mirrors: dict[int, torch.Tensor] = {}
        self._versions: dict[int, int] = {}
        self._made: weakref.WeakValueDictionary[int, StandIn] = weakref.WeakValueDictionary()

    def names(self, names: Iterable[str]) -> dict[str, Any]:
        """The learner's values of those names that are defined there, as plain data or stand-ins."""
        answer, came = self.request("names", names=sorted(names))
        coded = answer.get("v")
        with self.believing():
            if not isinstance(coded, dict):
                raise WireError("names that are not of the agreed form")
            return {
                name: decode(value, came, lambda tag: self.resolve(tag, came))
                for name, value in coded.items()
                if name in names
            }

    def ask(self, op: str, value: "StandIn", **fields: Any) -> Any:
        """An operation on one of the learner's objects."""
        sent: list = []
        if "v" in fields:
            fields["v"] = encode(fields["v"], sent, self.export)
        self.push()
        answer, came = self.request(op, sent, id=value._id, grad=torch.is_grad_enabled(), **fields)
        if op == "next" and answer.get("done"):
            raise StopIteration
        with self.believing():
            return decode(answer.get("v"), came, lambda tag: self.resolve(tag, came))

    def mirror(self, module: "ModuleStandIn") -> list[tuple[str, torch.Tensor]]:
        """The module's parameters, as leaves that live here."""
        self.push()
        answer, came = self.request("parameters", id=module._id)
        with self.believing():
            return self._mirrored(answer.get("v"), came)

    def _mirrored(self, coded: Any, came: list) -> list[tuple[str, torch.Tensor]]:
        named = []
        try:
            for name, note in coded:
                number, tensor = note["parameter"], came[note["i"]]
                if type(number) is not int or not isinstance(name, str):
                    raise WireError("parameters that are not of the agreed form")
                known = self.mirrors.get(number)
                if known is None or known.shape != tensor.shape or known.dtype != tensor.dtype:
                    known = nn.Parameter(tensor.clone(), requires_grad=bool(note["grad"]))
                    known._oe_id = number
                    self.mirrors[number] = known
                else:
                    known.requires_grad_(bool(note["grad"]))
                    with torch.no_grad():
                        known.copy_(tensor)
                self._versions[number] = known._version
                named.append((name, known))
        except (KeyError, IndexError, TypeError, ValueError, RuntimeError) as error:
            raise WireError(f"parameters that are not of the agreed form: {type(error).__name__}") from None
        return named

    def push(self) -> None:
        """Send mirrors that a check has changed, such as by an optimizer's step."""
        changed = [number for number, mirror in self.mirrors.items() if mirror._version != self._versions[number]]
        if changed:
            self.request("push", [self.mirrors[number] for number in changed], numbers=changed)
            self._versions |= {number: self.mirrors[number]._version for number in changed}

    def export(self, value: Any) -> dict:
        """A note of something of the examiner's that a learner's function is given."""
        if isinstance(value, StandIn):
            if isinstance(value, ModuleStandIn) and torch.is_grad_enabled():
                self.mirror(value)
            return {"$": "yours", "id": value._id}
        module, name = getattr(value, "__module__", None) or "", getattr(value, "__qualname__", "")
        library = module.split(".")[0].removeprefix("_")
        if library in LIBRARIES and name and "<" not in name and not isinstance(value, nn.Module):
            home = importlib.import_module(module)
            try:
                if _attribute(home, name) is value:
                    return {"$": "library", "module": module, "name": name}
            except AttributeError:
                pass
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
            sent: list = []
            note = {"module": type(value).__module__, "name": type(value).__qualname__}
            coded = encode(fields, sent, self.export)
            if sent:
                raise CannotCross("a dataclass that holds tensors cannot cross: hand over the tensors themselves")
            return {"$": "instance", **note, "v": coded}
        if (
            type(value).__module__.startswith("transformers.")
            and hasattr(value, "to_dict")
            and hasattr(value, "model_type")
        ):
            note = {"module": type(value).__module__, "name": type(value).__qualname__}
            return {"$": "config", **note, "v": encode(value.to_dict(), [], self.export)}
        if callable(value) and not isinstance(value, (nn.Module, type)):
            return {"$": "callback", "id": self._keep(value), "name": str(getattr(value, "__name__", "function"))}
        kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
        way = (
            "a function that calls it, such as `lambda x: model(x)`, or its tensors"
            if isinstance(value, nn.Module)
            else "numbers, strings, tensors, lists, dicts, functions or dataclasses"
        )
        raise CannotCross(f"a {kind} cannot be handed to a learner's code: hand over {way}")

    def resolve(self, tag: dict, tensors: list) -> Any:
        if tag["$"] == "tensor":
            return tag["tensor"]  # a claim that it has a gradient, where none was asked for
        if tag["$"] == "refused":
            return Refused(str(tag["why"])[:300])
        if tag["$"] != "theirs" or type(tag["id"]) is not int:
            raise WireError("data of an unknown kind")
        if tag["id"] in self._made:
            return self._made[tag["id"]]
        kind = {"module": ModuleStandIn, "iterator": IteratorStandIn}.get(tag["kind"], StandIn)
        made = kind(self, tag["id"], str(tag["name"])[:100], str(tag["kind"])[:20])
        self._made[tag["id"]] = made
        return made


@dataclasses.dataclass(frozen=True)
class Refused:
    """A learner's value that could not cross."""

    why: str


class StandIn:
    """A learner's function, class or object. It compares as itself and nothing else: no method of theirs runs here."""

    def __init__(self, peer: ExaminerSide, number: int, name: str, kind: str):
        for field, value in {
            "_peer": peer,
            "_id": number,
            "__name__": name,
            "__qualname__": name,
            "_kind": kind,
        }.items():
            object.__setattr__(self, field, value)

    def __repr__(self) -> str:
        return f"<the learner's {self._kind} {self.__name__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        self._peer.push()
        mirrors = self._peer.mirrors
        if torch.is_grad_enabled():
            for value in (*args, *kwargs.values()):
                if isinstance(value, ModuleStandIn):
                    value.named_parameters()
        return self._peer.call(self._id, args, kwargs, mirrors.values())

    def _run_beside(self, name: str, args: tuple) -> Any:
        """See `openexperts.checks.Check.beside`."""
        return self._peer.names([name])[name](*args)

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith("__"):
            raise AttributeError(f"the learner's {self.__name__} is asked for {name} here, which does not cross")
        return self._peer.ask("attr", self, name=name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._peer.ask("set", self, name=name, v=value)

    def __len__(self) -> int:
        size = self._peer.ask("len", self)
        with self._peer.believing():
            if type(size) is not int or size < 0:
                raise WireError("a length that is not a number")
        return size

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: Any) -> Any:
        return self._peer.ask("item", self, v=key)

    def __contains__(self, item: Any) -> bool:
        return self._peer.ask("has", self, v=item) is True

    def __iter__(self) -> Iterator:
        return self._peer.ask("iter", self)


class IteratorStandIn(StandIn):
    """A learner's generator or iterator."""

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        return self._peer.ask("next", self)


class ModuleStandIn(StandIn):
    """A learner's `nn.Module`. Its parameters are leaves that live here."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if torch.is_grad_enabled():
            self.named_parameters()
        return super().__call__(*args, **kwargs)

    def named_parameters(self) -> Iterator[tuple[str, torch.Tensor]]:
        return iter(self._peer.mirror(self))

    def parameters(self) -> Iterator[torch.Tensor]:
        return (parameter for _, parameter in self.named_parameters())

    def train(self, mode: bool = True) -> "ModuleStandIn":
        self._peer.ask("attr", self, name="train")(mode)
        return self

    def eval(self) -> "ModuleStandIn":
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> "ModuleStandIn":
        self._peer.ask("attr", self, name="requires_grad_")(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        for parameter in self.parameters():
            parameter.grad = None

    def __getattr__(self, name: str) -> Any:
        value = super().__getattr__(name)
        if isinstance(value, torch.Tensor):  # a parameter is the leaf here, so that its gradient arrives
            return next((p for own, p in self.named_parameters() if own == name), value)
        return value
