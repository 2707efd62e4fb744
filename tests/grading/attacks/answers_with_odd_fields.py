"""Answers whose notes have fields of wrong types: numbers, names, lists that cannot be looked up.

loses: all
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))


def serve(message, tensors):
    released = [[1], {"a": 2}]
    side.channel.send({"op": "call", "n": 1, "id": 1, "v": [[], {}], "released": released})


side.serve = serve
