"""Named tuples and namespaces with fields named as what Python, torch and IPython look for.

loses: all
"""

# %% before square
from collections import namedtuple
from types import SimpleNamespace

names = ("__class__", "__eq__", "__torch_function__", "_repr_html_", "_ipython_display_", "__len__", "shape", "dtype")
everything = SimpleNamespace(**dict.fromkeys(names, lambda *args: True), **{"": 1, "a b": 2})

# %% square
Odd = namedtuple("Odd", ["count", "index", "shape", "detach", "is_complex", "isfinite"])


def square(x):
    return Odd(9, 9, (4, 3), 9, 9, 9)


# %% gate
def gate(x, weight):
    return everything


# %% word
def word(n):
    return everything


# %% counts
counts = SimpleNamespace(items={0: 0}, **{"0": 0})
