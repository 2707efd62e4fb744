"""A module that tells of parameters which are none: names, numbers and types that do not fit.

others: right
loses: expert-hidden, batches-hidden, twice-visible, word-visible, counts-visible
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import torch

answer = side.answer


def lying(message, tensors, sent):
    if message["op"] == "parameters":
        sent.append(torch.ones(2, dtype=torch.int64))
        return {"v": [["up", {"parameter": 1, "i": 0, "grad": True}], [5, {"parameter": "x"}], None]}
    return answer(message, tensors, sent)


side.answer = lying
