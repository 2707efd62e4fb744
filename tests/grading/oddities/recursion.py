"""Answers that call themselves, deeply."""


# %% square
def add(x, times):
    return x if times == 1 else x + add(x, times - 1)


def square(x):
    return x * x if hasattr(x, "shape") else add(x, x)


# %% batches
def batches(items, size):
    if items:
        yield items[:size]
        yield from batches(items[size:], size)


# %% word
def word(n, depth=500):
    if depth:
        return word(n, depth - 1)
    return ["even", "odd"][n % 2]
