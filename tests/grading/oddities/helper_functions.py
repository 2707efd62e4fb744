"""Answers call helpers of other cells, which call each other, with closures, defaults and globals that change."""

# %% before square
factor = 5


def helper(x, y=1):
    return other(x) * y


def other(x):
    return x * factor


factor = 1


def made(power):
    def inner(x):
        result = 1
        for _ in range(power):
            result = result * helper(x)
        return result

    return inner


# %% square
square = made(2)

# %% gate
gate = lambda x, weight: (x @ weight).softmax(-1)


# %% word
class Words:
    names = ("even", "odd")

    def __call__(self, n):
        return self.names[n % 2]


word = Words()
