"""Right numbers in shapes that would be broadcast, empty tensors, and types that compare as they please.

others: right
loses: square-visible, square-hidden, gate-hidden, gate-gradient, word-visible
"""

# %% square
import numpy as np


def square(x):
    return torch.zeros(0) if hasattr(x, "shape") else np.zeros((0, 1))


# %% gate
def gate(x, weight):
    return torch.softmax(x @ weight, -1)[None]


# %% word
def word(n):
    return np.array(["even", "odd"])
