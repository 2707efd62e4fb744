"""Lists in lists, so deep or so many that reading them takes a parser's stack or a machine's memory.

flag: not-a-notebook
state: not read
"""


# %% outside
def mutate(notebook):
    return b'{"cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
