"""Answers with every kind of value, each of them spoilt; sent as the names that a check asks for.

loses: all
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import itertools

odd = [
    {"$": "tensor", "i": 10**30},
    {"$": "tensor", "i": -1},
    {"$": "tensor", "i": True},
    {"$": "tensor"},
    {"$": []},
    {},
    {"$": "named", "name": "x", "fields": ["a", "a"], "v": [1, 2]},
    {"$": "named", "name": "x", "fields": 5, "v": []},
    {"$": "named", "name": "class", "fields": ["def"], "v": [1]},
    {"$": "dict", "v": [[[], 1]]},
    {"$": "dict", "v": 5},
    {"$": "dict", "v": [[1, 2, 3]]},
    {"$": "set", "v": [[1]]},
    {"$": "bytes", "v": "\u00e9"},
    {"$": "bytes", "v": 5},
    {"$": "float", "v": "1e999"},
    {"$": "complex", "v": ["x", 1]},
    {"$": "range", "v": [0, 1, 0]},
    {"$": "range", "v": [0, "x", 1]},
    {"$": "slice", "v": []},
    {"$": "dtype", "v": "_dynamo"},
    {"$": "dtype", "v": 5},
    {"$": "dtype", "v": "__class__"},
    {"$": "device", "v": "nowhere"},
    {"$": "device", "v": {}},
    {"$": "namespace", "v": [[1, 2]]},
    {"$": "namespace", "v": [["__class__", 2], ["__dict__", 5], ["_fields", []]]},
    {"$": "theirs", "id": "x"},
    {"$": "theirs", "id": 1, "kind": [], "name": "x"},
    {"$": "theirs", "id": 10**50},
    {"$": "library", "module": "os", "name": "system"},
    {"$": "callback", "id": 1, "name": "x"},
    {"$": "instance", "module": "os", "name": "system", "v": []},
    {"$": "yours", "id": 1},
    {"$": "refused", "why": 5},
]
turns = itertools.cycle(odd)
answer = side.serve


def serve(message, tensors):
    side.channel.send({"n": message["n"], "v": dict.fromkeys(message.get("names", ()), next(turns))})


side.serve = serve
