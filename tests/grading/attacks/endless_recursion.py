"""A check's function and the learner's call each other without end, and a value holds itself.

others: right
loses: twice-visible, counts-visible, batches-hidden
"""


# %% twice
class Odd:
    def __rmul__(self, two):
        return twice(known, 1)


def twice(f, x):
    global known
    known = f
    return f(twice)


# %% counts
counts = []
counts.append(counts)


# %% batches
class Itself:
    def __iter__(self):
        return self

    def __next__(self):
        return self


def batches(items, size):
    return Itself() if len(items) > 3 else [batches, [Itself()]]
