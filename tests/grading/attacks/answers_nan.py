"""Answers in NaN and infinity, as numbers, as tensors of every type, and as gradients.

loses: all
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import itertools

import torch

kinds = itertools.cycle([torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.complex64])
answer = side.answer


def with_nan(message, tensors, sent):
    found = answer(message, tensors, sent)
    sent[:] = [torch.full(it.shape, float("nan")).to(next(kinds)) for it in sent]
    return found


side.answer = with_nan


def square(x):
    return x * x if hasattr(x, "shape") else float("nan")


def gate(x, weight):
    return torch.softmax(x @ weight, -1)


# %% square

# %% gate

# %% counts
counts = {0: float("nan"), 1: float("inf"), 2: -float("inf"), float("nan"): 1}
