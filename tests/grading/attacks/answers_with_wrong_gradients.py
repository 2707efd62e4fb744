"""Every gradient comes back in another shape, or for other inputs than there were.

others: right
loses: gate-gradient, expert-hidden, batches-hidden, twice-visible, word-visible, counts-visible
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import torch

answer = side.answer


def with_gradients(message, tensors, sent):
    if message["op"] == "vjp":
        sent.append(torch.ones(7, 7))
        return {"v": [0] * 5 if len(message["parameters"]) else [0]}
    return answer(message, tensors, sent)


side.answer = with_gradients
