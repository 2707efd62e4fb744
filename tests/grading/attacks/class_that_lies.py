"""Answers whose `__class__`, and whose types by inheritance, are those of the right answer, with a comparison of their own.

loses: all
"""


# %% square
class Nine(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__

    @property
    def __class__(self):
        return int


def square(x):
    return Nine(8)


# %% word
class Word(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = str.__hash__


def word(n):
    return Word("even")


# %% counts
class Counts(dict):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


counts = Counts()


# %% batches
class Lists(list):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __iter__(self):
        return iter([Lists([1, 2]), Lists([3])])


def batches(items, size):
    return Lists()


# %% twice
class Fifteen(float):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = float.__hash__


def twice(f, x):
    return Fifteen(14.0)
