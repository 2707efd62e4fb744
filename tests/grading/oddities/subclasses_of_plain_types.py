"""Answers in types of their own that are honest: enums, dict and list subclasses, numpy numbers, named tuples."""

# %% square
import numpy as np


def square(x):
    return np.int64(x) ** 2 if isinstance(x, int) else x.square()


# %% word
from enum import Enum


class Word(str, Enum):
    EVEN = "even"
    ODD = "odd"


def word(n):
    return Word.ODD if n % 2 else Word.EVEN


# %% counts
from collections import defaultdict

counts = defaultdict(int)
for n in range(4):
    counts[n] += n * n


# %% twice
def twice(f, x):
    return float(f(f(x)))
