"""Answers with tensors that are none: garbage, an unknown type, sizes that overflow.

loses: all
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import json
import struct


def raw(header, data=b""):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


kinds = [
    b"\xff" * 100,
    raw({"0": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 4]}}, b"0000"),
    raw({"0": {"dtype": "Q99", "shape": [1], "data_offsets": [0, 4]}}, b"0000"),
    raw({"5": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"0000"),
    struct.pack("<Q", 2**63) + b"{}",
]
answer = {"n": 1, "v": {"word": {"$": "tensor", "i": 0}}}


def serve(message, tensors):
    text = json.dumps(answer | {"n": message["n"]}).encode()
    data = kinds[0]
    side.channel.connection.sendall(struct.pack("!4sQQ", b"oe1\n", len(text), len(data)) + text + data)


side.serve = serve
