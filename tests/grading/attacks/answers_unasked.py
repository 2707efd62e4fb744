"""Sends answers before there are questions, and requests that nobody offered.

loses: all
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
for number in range(1, 3):
    side.channel.send(
        {"n": number, "v": {"square": 9, "check": {"$": "theirs", "id": 1, "kind": "function", "name": "x"}}}
    )
for op in ("attr", "names", "push", "set", "parameters", "__class__", ["call"], None):
    side.channel.send({"op": op, "n": 1, "id": 1, "names": ["check"], "name": "__globals__"})
