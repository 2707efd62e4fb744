"""Values and messages as bytes, between a learner's process and the processes that judge it.

A message is a frame: a header of fixed size, then JSON, then safetensors. What arrives is a claim of somebody who may
be hostile: sizes are read before the bytes, nothing is unpickled, and whatever is not of this form raises `WireError`.

Plain data crosses as it is: numbers, strings, bytes, lists, tuples, named tuples, dicts, sets, slices, ranges, tensors,
arrays, dtypes. JSON has names for few of these, so all others stand in an object with the key "$". What is not plain is
given to `export`, which answers with an object of its own, and comes back through `resolve` (see standins.py).
"""

import base64
import json
import math
import re
import socket
import struct
from collections import Counter, OrderedDict, defaultdict, namedtuple
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import safetensors.torch
import torch

MEGABYTE = 1 << 20
MAX_JSON = 8 * MEGABYTE  # parsed, JSON can take twenty times its size
MAX_TENSORS = 256 * MEGABYTE
MAX_DEPTH = 64
GONE = "the other side is gone"
HEADER = struct.Struct("!4sQQ")
MAGIC = b"oe1\n"
DTYPES = {name: value for name, value in vars(torch).items() if isinstance(value, torch.dtype)}
# A name that may become the field of a named tuple here.
FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}", re.ASCII)


class WireError(Exception):
    """What came over the wire is not a message, or is too large."""


class Closed(WireError):
    """The other side is gone."""


class CannotCross(TypeError):
    """A value that is not plain data; the text says which and what to do."""

    of_the_lab = True  # a mistake of whoever wrote the check; see `openexperts.checks.Check.call`


class Channel:
    """Messages over a connected socket. A message is a dict of JSON's own types and a list of tensors."""

    def __init__(self, connection: socket.socket, max_json: int = MAX_JSON, max_tensors: int = MAX_TENSORS):
        self.connection = connection
        self.max_json, self.max_tensors = max_json, max_tensors

    def fileno(self) -> int:
        return self.connection.fileno()

    def send(self, message: dict, tensors: list[torch.Tensor] = ()) -> None:
        """Raises CannotCross where the message is larger than the other side takes, Closed where nobody is there."""
        text = json.dumps(message, separators=(",", ":")).encode("ascii")
        data = safetensors.torch.save(_savable(tensors)) if tensors else b""
        for size, limit in ((len(text), self.max_json), (len(data), self.max_tensors)):
            if size > limit:
                raise CannotCross(
                    f"a value of {size / 1e6:.0f} MB is too large: at most {limit / 1e6:.0f} MB can cross"
                )
        try:
            self.connection.sendall(HEADER.pack(MAGIC, len(text), len(data)) + text)
            if data:
                self.connection.sendall(data)
        except OSError as error:
            raise Closed(f"{GONE} ({error})") from None

    def receive(self) -> tuple[dict, list[torch.Tensor]]:
        """The next message. Raises TimeoutError where the socket has a timeout and it passes."""
        magic, n_text, n_data = HEADER.unpack(self._exactly(HEADER.size))
        if magic != MAGIC:
            raise WireError("what came is not a message")
        if n_text > self.max_json or n_data > self.max_tensors:
            raise WireError(f"a message of {(n_text + n_data) / 1e6:.0f} MB is too large")
        message = _parse(self._exactly(n_text))
        return message, _load(self._exactly(n_data)) if n_data else []

    def close(self) -> None:
        self.connection.close()

    def _exactly(self, size: int) -> bytearray:
        # Grown as bytes come, so that a header alone does not make this side reserve half a gigabyte.
        data = bytearray()
        while len(data) < size:
            try:
                part = self.connection.recv(min(size - len(data), MEGABYTE))
                data += part
            except ConnectionError as error:
                raise Closed(f"{GONE} ({error})") from None
            except MemoryError:
                raise WireError("a message for which there is no memory") from None
            if not part:
                raise Closed(GONE)
        return data


def _parse(text: bytes) -> dict:
    try:
        message = json.loads(text.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise WireError(f"a message that is not JSON: {type(error).__name__}") from None
    if not isinstance(message, dict):
        raise WireError("a message that is not a JSON object")
    return message


def _savable(tensors: list[torch.Tensor]) -> dict[str, torch.Tensor]:
    """safetensors takes tensors that are contiguous and share no memory."""
    named, seen = {}, set()
    for number, tensor in enumerate(tensors):
        tensor = tensor.detach().cpu().contiguous()
        whole = tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size()
        if not whole or tensor.data_ptr() in seen:
            tensor = tensor.clone()
        seen.add(tensor.data_ptr())
        named[str(number)] = tensor
    return named


def _load(data: bytes) -> list[torch.Tensor]:
    try:
        named = safetensors.torch.load(bytes(data))
        return [named[str(number)] for number in range(len(named))]
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # many ways to say that bytes are not tensors; the one of Rust is no Exception
        raise WireError(f"a message whose tensors cannot be read: {type(error).__name__}") from None


def encode(value: Any, tensors: list[torch.Tensor], export: Callable[[Any], dict], depth: int = 0) -> Any:
    """`value` as JSON's own types; tensors go to the list. Raises CannotCross where `export` does."""
    if depth > MAX_DEPTH:
        raise CannotCross(f"data nested more than {MAX_DEPTH} deep, or holding itself, cannot cross")
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        # JSON has no NaN and no infinities
        return value if math.isfinite(value) else {"$": "float", "v": str(value)}

    def inner(items: Any) -> list:
        return [encode(item, tensors, export, depth + 1) for item in items]

    kind = type(value)
    if kind is list:
        return inner(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {"$": "named", "name": kind.__name__, "fields": list(value._fields), "v": inner(value)}
    if isinstance(value, tuple):
        return {"$": "tuple", "v": inner(value)}
    if kind in (dict, OrderedDict, defaultdict, Counter):
        return {"$": "dict", "v": [inner(pair) for pair in value.items()]}
    if kind in (set, frozenset):
        return {"$": kind.__name__, "v": inner(value)}
    if kind in (bytes, bytearray):
        return {"$": "bytes", "v": base64.b64encode(value).decode()}
    if isinstance(value, torch.Tensor):
        return _encode_tensor(value, tensors)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return _encode_tensor(torch.from_numpy(np.ascontiguousarray(value).copy()), tensors) | {"array": True}
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        number = value.item()  # a long double gives itself
        return encode(float(number) if isinstance(number, np.generic) else number, tensors, export, depth + 1)
    if kind is Fraction:
        return {"$": "fraction", "v": [value.numerator, value.denominator]}
    if kind is Decimal:
        return {"$": "decimal", "v": str(value)}
    if kind is complex:
        return {"$": "complex", "v": inner([value.real, value.imag])}
    if kind is range or kind is slice:
        return {"$": kind.__name__, "v": inner([value.start, value.stop, value.step])}
    if kind is torch.dtype:
        return {"$": "dtype", "v": str(value).removeprefix("torch.")}
    if kind is torch.device:
        return {"$": "device", "v": str(value)}
    if value is Ellipsis:
        return {"$": "ellipsis"}
    if kind is SimpleNamespace and all(map(FIELD.fullmatch, vars(value))):
        return {"$": "namespace", "v": [inner(pair) for pair in vars(value).items()]}
    # A subclass: what crosses is the number or the text in it, which of an enumeration's member is not `str(value)`.
    for plain in (int.__int__, float.__float__, str.__str__):
        if isinstance(value, plain.__objclass__):
            return encode(plain(value), tensors, export, depth + 1)
    return export(value)


def _encode_tensor(value: torch.Tensor, tensors: list[torch.Tensor]) -> dict:
    if value.is_quantized:
        value = value.dequantize()
    if value.layout != torch.strided:
        value = value.to_dense()
    note = {"$": "tensor", "i": len(tensors), "grad": value.requires_grad}
    if value.is_complex():  # crosses as pairs of numbers, and without a gradient
        value = torch.view_as_real(value.detach().resolve_conj())
        note |= {"complex": True, "grad": False}
    tensors.append(value)  # with its graph: the channel sends the numbers only
    return note


def decode(value: Any, tensors: list[torch.Tensor], resolve: Callable[[dict], Any], depth: int = 0) -> Any:
    """What `encode` made, as values again. Raises WireError for anything else.

    A tensor whose note says "grad" is given to `resolve` too, since only it knows how gradients come back.
    """
    if depth > MAX_DEPTH + 1:
        raise WireError("data that is nested too deep")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list):
        return [decode(item, tensors, resolve, depth + 1) for item in value]
    try:
        return _decode_tagged(value, tensors, resolve, depth)
    except WireError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RuntimeError) as error:
        raise WireError(f"data that is not of the agreed form: {type(error).__name__}") from None


def _decode_tagged(value: dict, tensors: list[torch.Tensor], resolve: Callable[[dict], Any], depth: int) -> Any:
    tag = value["$"]

    def inner(items: list) -> list:
        if not isinstance(items, list):
            raise WireError("data that is not of the agreed form")
        return [decode(item, tensors, resolve, depth + 1) for item in items]

    if tag == "tensor":
        number = value["i"]
        if type(number) is not int or not 0 <= number < len(tensors):
            raise WireError("a tensor that did not come")
        tensor = tensors[number]
        if value.get("complex"):
            tensor = torch.view_as_complex(tensor)
        if value.get("array"):
            return tensor.numpy()
        return resolve(value | {"tensor": tensor}) if value.get("grad") else tensor
    if tag == "tuple":
        return tuple(inner(value["v"]))
    if tag == "named":
        fields, name = value["fields"], value["name"]
        if len(fields) > 64 or not all(FIELD.fullmatch(field) for field in fields):
            return tuple(inner(value["v"]))
        name = name if FIELD.fullmatch(name) else "Answer"
        return namedtuple(name, fields)(*inner(value["v"]))  # noqa: PYI024  (its names are known only now)
    if tag == "dict":
        return dict(inner(pair) for pair in value["v"])
    if tag in ("set", "frozenset"):
        return {"set": set, "frozenset": frozenset}[tag](inner(value["v"]))
    if tag == "bytes":
        return base64.b64decode(value["v"], validate=True)
    if tag == "float":
        return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[value["v"]]
    if tag == "fraction":
        numerator, denominator = value["v"]
        return Fraction(numerator, denominator)
    if tag == "decimal":
        return Decimal(value["v"][:1000])
    if tag == "complex":
        return complex(*inner(value["v"]))
    if tag in ("range", "slice"):
        return {"range": range, "slice": slice}[tag](*inner(value["v"]))
    if tag == "dtype":
        return DTYPES[value["v"]]
    if tag == "device":
        return torch.device(value["v"])
    if tag == "ellipsis":
        return Ellipsis
    if tag == "namespace":
        fields = dict(inner(pair) for pair in value["v"])
        # `__array_interface__` and its like would make NumPy and torch read any place of this process's memory.
        if not all(isinstance(name, str) and FIELD.fullmatch(name) for name in fields):
            raise WireError("a namespace with a name that is none")
        return SimpleNamespace(**fields)
    return resolve(value)
