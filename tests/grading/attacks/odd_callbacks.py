"""Calls the function that a check hands over in ways that nobody meant, to read the check's code in its errors.

others: right
loses: twice-visible, word-visible
"""

# %% twice
kept = []


def twice(f, x):
    kept.append(f)
    said = []
    for args, kwargs in (
        ((), {}),
        (({},), {}),
        ((f,), {}),
        ((twice,), {}),
        ((1,), {"x": 2}),
        (("HIDDEN",), {}),
        ((print,), {}),
    ):
        try:
            said.append(repr(f(*args, **kwargs)))
        except BaseException as error:
            said.append(repr(error) + repr(getattr(error, "where", "")))
    try:
        f.__globals__
    except AttributeError as error:
        said.append(str(error))
    assert "2 * x + 1" not in str(said), "the check's code"
    print(said)
    return 14


# %% word
def word(n):
    return [f(n) for f in kept]
