"""Answers with errors of every kind that Python has, and some that it has not.

loses: all
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import builtins
import itertools

mros = [[name] for name in dir(builtins)] + [
    ["GreaterThan", "Exception"],
    ["CheckFailed"],
    ["SystemExit"],
    [],
    [5],
    5,
    "x",
]
mros += [None, {"a": 1}, [[]], ["\ud800"], ["x" * 100_000]]
turns = itertools.cycle(mros)
wheres = itertools.cycle([None, 5, {"line": 10**4000}, {"line": "x"}, {"line": 1, "text": [1], "function": {}}, []])
answer = side.serve


def serve(message, tensors):
    if message["op"] == "names":
        return answer(message, tensors)
    error = {"mro": next(turns), "message": next(turns), "where": next(wheres)}
    side.channel.send({"n": message["n"], "error": error})


side.serve = serve
for name in ("square", "gate", "Expert", "batches", "twice", "word"):
    globals()[name] = print
