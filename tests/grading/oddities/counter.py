"""Answers with a Counter, which equals the dict of the same numbers."""

# %% counts
from collections import Counter

counts = Counter({n: n * n for n in range(4)})
