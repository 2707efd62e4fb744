"""The learner's side of the conversation: it serves what stands in the learner's notebook to the examiner's process.

It runs beside hostile code, so nothing that it says is more than a claim.
"""

import importlib
import inspect
import types
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from openexperts.grading.peers import Peer, attribute
from openexperts.grading.wire import CannotCross, Channel, WireError, decode, encode


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
            return attribute(importlib.import_module(tag["module"]), tag["name"])
        if kind == "instance":
            fields = dict(decode(tag["v"], tensors, lambda inner: self.resolve(inner, tensors)))
            home = self.namespace if tag["module"] == "__main__" else vars(importlib.import_module(tag["module"]))
            return home[tag["name"]](**fields)
        if kind == "config":
            fields = decode(tag["v"], tensors, lambda inner: self.resolve(inner, tensors))
            return attribute(importlib.import_module(tag["module"]), tag["name"]).from_dict(fields)
        if kind == "tensor":
            return tag["tensor"].requires_grad_()
        raise WireError(f"data of an unknown kind: {kind!r:.40}")


class _Callback:
    """A function of the examiner's, in the learner's process, while a check runs."""

    def __init__(self, peer: Peer, number: int, name: str):
        self.__name__ = self.__qualname__ = name
        self._peer, self._number = peer, number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._peer.call(self._number, args, kwargs)
