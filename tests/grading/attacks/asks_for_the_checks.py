"""In place of an answer, asks the examiner for its names, objects and gradients.

loses: all
flag: protocol
seconds: 3
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))


def serve(message, tensors):
    for op in ("names", "attr", "call", "vjp"):
        ask = {"op": op, "n": 1, "id": 1, "names": ["x", "weight"], "name": "__globals__", "call": 1, "given": []}
        side.channel.send(ask | {"v": [[], {}]})
    print(side.channel.receive())


side.serve = serve
