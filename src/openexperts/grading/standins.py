"""Stand-ins: how a check calls what a learner wrote, without the learner's code in the examiner's process.

The examiner's process holds, in place of a learner's function, class or module, an object that sends the call over a
socket (peers.py) and takes back plain data (wire.py). What comes back is a claim to be compared, whoever made it.

Parameters of a learner's `nn.Module` have a leaf of their own here, a *mirror*, so that `loss.backward()` fills its
`.grad` and an optimizer can change it.
"""

import dataclasses
import importlib
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

from openexperts.grading.peers import Peer, attribute
from openexperts.grading.wire import CannotCross, Channel, WireError, decode, encode

LIBRARIES = ("torch", "math", "operator", "numpy", "transformers", "builtins", "functools", "itertools")


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
                if attribute(home, name) is value:
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

    def __instancecheck__(self, instance: Any) -> bool:
        """For `isinstance(x, TheirClass)`. What it says would be a claim of theirs, and a mark must not rest on one."""
        raise CannotCross(f"isinstance with the learner's {self.__name__}: look at values and not at types")

    __subclasscheck__ = __instancecheck__

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
