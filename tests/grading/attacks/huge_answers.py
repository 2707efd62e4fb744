"""Answers that take all the memory of whoever reads them: a range of 10**15 numbers, a list of 10**7, long text.

others: right
loses: batches-hidden, word-visible, square-visible, square-hidden
seconds: 20
"""


# %% batches
def batches(items, size):
    return range(10**15)


# %% word
def word(n):
    return "x" * 50_000_000 if n == 2 else ["x"] * 10_000_000


# %% square
def square(x):
    return torch.zeros(1).expand(20_000, 20_000) if hasattr(x, "shape") else 7**4000
