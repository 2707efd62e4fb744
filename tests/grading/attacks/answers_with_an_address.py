"""Answers with an object that tells NumPy to read an address of the examiner's memory.

others: right
loses: square-visible, square-hidden
"""

# %% square
from types import SimpleNamespace


def square(x):
    return SimpleNamespace(__array_interface__={"data": (64, False), "shape": (1,), "typestr": "<f8", "version": 3})
