"""Tensors that are views, transposed, expanded, of other types' memory, or share theirs with an argument."""


# %% square
def square(x):
    return (x.T * x.T).T if hasattr(x, "shape") else torch.tensor([[9, 8]]).expand(3, 2)[0, 0]


# %% gate
def gate(x, weight):
    parts = torch.stack([torch.zeros(5, 3), (weight.T @ x.T).T.softmax(-1)], dim=1)
    return parts[:, 1]


# %% word
import numpy as np


def word(n):
    return np.array(["even", "odd"])[n % 2]


# %% counts
counts = {np.int64(n): np.int64(n * n) for n in range(4)}
