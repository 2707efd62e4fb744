"""Stand-ins: values, gradients, modules and exceptions cross as they would without a wire; nothing else does."""

import dataclasses
import json
import math
import socket
import threading
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from openexperts.grading.learner_side import LearnerSide
from openexperts.grading.peers import LearnerError
from openexperts.grading.standins import ExaminerSide, ModuleStandIn, StandIn
from openexperts.grading.wire import HEADER, MAGIC, CannotCross, Channel, Closed, WireError, decode, encode

LEARNERS = """
import torch
from torch import nn

def product(x, w):
    return x @ w, (2 * x).detach(), {"whole": 3}

def in_place(x):
    x += 1
    return x * x

def broken(x):
    wrong = x + 1
    raise ValueError("no such thing")

def unwritten(x):
    raise NotImplementedError

def count(n):
    for i in range(n):
        yield torch.full((2,), float(i))

def use(function, x):
    return 3 * function(x)

def read(config):
    return config.width * config.depth

def loss_of(model, x):
    return model(x).square().mean()

class Line(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.inner = nn.Linear(d, 1)
        self.d = d

    def forward(self, x):
        return self.inner(x).squeeze(-1)

class Bag:
    def __init__(self, items):
        self.items = items
    def __len__(self):
        return len(self.items)
    def __getitem__(self, i):
        return self.items[i]
    def __eq__(self, other):
        return True

data = {"a": [1, 2.5, None], (1, 2): {3}}
"""


@dataclasses.dataclass
class Shape:
    width: int
    depth: int


@pytest.fixture
def theirs():
    """The learner's names, as the examiner's process has them; the learner's side answers from a thread."""
    namespace = {"Shape": Shape}
    exec(compile(LEARNERS, "<ipython-input-1>", "exec"), namespace)
    left, right = socket.socketpair()
    side = LearnerSide(Channel(left), namespace)

    def serve():
        try:
            while True:
                side.serve(*side.channel.receive())
        except (WireError, OSError):
            left.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    examiner = ExaminerSide(Channel(right))
    names = [name for name in namespace if not name.startswith("_") and name not in ("torch", "nn", "Shape")]
    found = SimpleNamespace(**examiner.names([*names, "missing"]), examiner=examiner)
    yield found
    right.close()
    thread.join(5)


def test_plain_data_and_a_missing_name(theirs):
    assert theirs.data == {"a": [1, 2.5, None], (1, 2): {3}}
    assert not hasattr(theirs, "missing")


def test_values_and_gradients_are_those_of_the_same_call_here(theirs):
    x, w = torch.randn(3, 4, requires_grad=True), torch.randn(4, 2, requires_grad=True)
    y, cut, plain = theirs.product(x, w=w)
    assert y.requires_grad and not cut.requires_grad and plain == {"whole": 3}
    torch.testing.assert_close(y, x @ w)
    here = torch.autograd.grad((x @ w).exp().sum(), [x, w])
    for got, expected in zip(torch.autograd.grad(y.exp().sum(), [x, w]), here, strict=True):
        torch.testing.assert_close(got, expected)
    with torch.no_grad():
        assert not theirs.product(x, w)[0].requires_grad


def test_an_answer_that_works_in_place_changes_nothing_here(theirs):
    x = torch.ones(3, requires_grad=True)
    y = theirs.in_place(x)
    assert x.tolist() == [1, 1, 1] and y.tolist() == [4, 4, 4]
    torch.testing.assert_close(torch.autograd.grad(y.sum(), x)[0], torch.full((3,), 4.0))


def test_an_exception_brings_its_class_its_words_and_its_line(theirs):
    with pytest.raises(ValueError, match="no such thing") as caught:
        theirs.broken(1)
    assert isinstance(caught.value, LearnerError) and caught.value.kind == "ValueError"
    assert caught.value.where["function"] == "broken" and caught.value.where["line"] == 14
    with pytest.raises(NotImplementedError):
        theirs.unwritten(1)
    assert theirs.use(torch.relu, torch.ones(1)).item() == 3, "the other side goes on"


def test_a_generator_a_class_and_an_object(theirs):
    assert [item.tolist() for item in theirs.count(3)] == [[0, 0], [1, 1], [2, 2]]
    bag = theirs.Bag([5, 6])
    assert len(bag) == 2 and bag[1] == 6 and bag.items == [5, 6] and list(theirs.Bag([])) == []
    assert bag != 5 and not bag == [5, 6], "its own __eq__ has no say here"


def test_a_module_is_trained_from_here(theirs):
    torch.manual_seed(0)
    model = theirs.Line(4)
    assert isinstance(model, ModuleStandIn) and model.d == 4
    assert [name for name, _ in model.named_parameters()] == ["inner.weight", "inner.bias"]
    x = torch.randn(64, 4)
    y, optimizer = x.sum(-1), torch.optim.SGD(model.parameters(), lr=0.2)
    for _ in range(60):
        loss = (model(x) - y).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 1e-4
    torch.testing.assert_close(model.state_dict()["inner.weight"], torch.ones(1, 4), atol=0.01, rtol=0)
    model.load_state_dict({"inner.weight": torch.zeros(1, 4), "inner.bias": torch.ones(1)})
    assert model(x).detach().eq(1).all() and model.eval().training is False


def test_a_module_handed_back_to_a_function_has_gradients(theirs):
    model, x = theirs.Line(3), torch.randn(5, 3)
    theirs.loss_of(model, x).backward()
    weight, bias = (parameter.detach().clone().requires_grad_() for parameter in model.parameters())
    (x @ weight.T + bias).square().mean().backward()
    for own, expected in zip(model.parameters(), (weight, bias), strict=True):
        torch.testing.assert_close(own.grad, expected.grad)


def test_functions_and_settings_cross_the_other_way(theirs):
    x = torch.randn(3, requires_grad=True)
    y = theirs.use(lambda t: t.exp(), x)  # a callback: its gradient goes there and back again
    torch.testing.assert_close(torch.autograd.grad(y.sum(), x)[0], 3 * x.exp())
    assert theirs.read(SimpleNamespace(width=3, depth=4)) == 12
    assert theirs.read(SimpleNamespace(width=3, depth=theirs.use(lambda t: t, 2))) == 18


def test_what_cannot_cross_says_what_to_do(theirs):
    with pytest.raises(CannotCross, match="lambda x: model"):
        theirs.use(nn.Linear(2, 2), torch.ones(2))
    with pytest.raises(CannotCross, match="hand over numbers"):
        theirs.read(object())
    with pytest.raises(CannotCross, match="look at values and not at types"):
        isinstance(3, theirs.read)
    knot = []
    knot.append(knot)
    with pytest.raises(CannotCross, match="holding itself"):
        theirs.read(knot)


def test_the_learners_side_cannot_reach_what_was_not_handed_over(theirs):
    """What a hostile process could ask of the examiner's: only callbacks, by the number that they were given."""
    for request in ({"op": "attr", "id": 1, "name": "x"}, {"op": "call", "id": 7, "v": [[], {}]}, {"op": "names"}):
        with pytest.raises(WireError):
            theirs.examiner.serve(request | {"n": 1}, [])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)


def same(left, right) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    if isinstance(left, (list, tuple)):
        return type(left) is type(right) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right


def refuse(value):
    raise CannotCross(f"{value!r}")


@given(VALUES)
def test_plain_data_is_the_same_after_the_wire(value):
    tensors: list = []
    coded = json.loads(json.dumps(encode(value, tensors, refuse)))
    assert same(decode(coded, tensors, refuse), value)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["tensor", "named"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["$", "v", "i", "id", "n", "name", "fields", "kind", "grad"]), inner)
    ),
    max_leaves=12,
)
TAGS = "tensor tuple named dict set bytes float complex range slice dtype device namespace theirs refused".split()
TAGGED = st.builds(
    lambda tag, rest: {**(rest if isinstance(rest, dict) else {}), "$": tag}, st.sampled_from(TAGS), JUNK
)


def an_examiner(answer: bytes) -> ExaminerSide:
    """An examiner's side whose learner has sent these bytes and gone."""
    left, right = socket.socketpair()
    left.sendall(answer)
    left.close()
    right.settimeout(10)
    return ExaminerSide(Channel(right))


def ask_everything(examiner: ExaminerSide) -> None:
    try:
        found = examiner.names(["f"]).get("f")
        if isinstance(found, StandIn):
            found(torch.ones(2, requires_grad=True))
    except (WireError, LearnerError):
        pass
    finally:
        examiner.channel.close()


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_bytes_from_the_learners_side_are_an_error_and_no_more(data):
    ask_everything(an_examiner(data))
    ask_everything(an_examiner(HEADER.pack(MAGIC, len(data), 0) + data))


TENSORS = st.binary(max_size=40) | st.just(safetensors.torch.save({"0": torch.ones(2)}))


@given(st.lists(JUNK | TAGGED, max_size=3), TENSORS)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_answer_in_json_is_an_error_or_plain_data(values, tensors):
    answers = b""
    for number, value in enumerate(values, start=1):
        text = json.dumps({"n": number, "v": {"f": value} if number == 1 else value, "call": 1}).encode()
        answers += HEADER.pack(MAGIC, len(text), len(tensors)) + text + tensors
    ask_everything(an_examiner(answers))


@pytest.mark.parametrize("header", [(MAGIC, 1 << 40, 0), (MAGIC, 2, 1 << 50), (b"http", 2, 0), (MAGIC, 9, 0)])
def test_a_header_alone_reserves_nothing(header):
    left, right = socket.socketpair()
    left.sendall(HEADER.pack(*header))
    left.close()
    with pytest.raises((WireError, Closed)):
        Channel(right).receive()


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b"1" * 10_000, b"[]", b'{"a": NaN', b"\xff\xfe", b'{"n": ' + b"9" * 5000 + b"}"]
)
def test_json_that_is_meant_to_hurt_is_no_message(text):
    left, right = socket.socketpair()
    threading.Thread(target=lambda: left.sendall(HEADER.pack(MAGIC, len(text), 0) + text), daemon=True).start()
    with pytest.raises(WireError):
        Channel(right).receive()


@pytest.mark.parametrize("name", ["__array_interface__", "_x", "a b", "", 3])
def test_a_namespace_has_plain_names_only(name):
    """NumPy and torch read memory at an address that `__array_interface__` tells them."""
    with pytest.raises(WireError):
        decode({"$": "namespace", "v": [[name, {"$": "dict", "v": []}]]}, [], refuse)


def test_numbers_and_counts_of_the_standard_library_cross():
    for value in (Counter("abca"), Fraction(1, 3), Decimal("0.10")):
        assert decode(json.loads(json.dumps(encode(value, [], refuse))), [], refuse) == value
    assert decode(encode(np.longdouble(0.5), [], refuse), [], refuse) == 0.5
