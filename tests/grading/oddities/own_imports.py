"""Imports again what is there, by other names, inside functions and with a star; and other modules of Python's own."""

# %% first
import collections as c
from math import *

import torch as t
import torch.nn.functional as F


# %% square
def square(x):
    import operator as op

    return op.mul(x, x)


# %% gate
def gate(x, weight):
    return F.softmax(t.einsum("nd,de->ne", x, weight), dim=1)


# %% counts
counts = c.OrderedDict((n, pow(n, 2)) for n in range(4))
counts = {int(key): int(value) for key, value in counts.items()}
