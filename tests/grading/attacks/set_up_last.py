"""The set-up cell comes last and its names are made before, so that the checks would use a `check` of one's own.

loses: all
flag: moved-set-up
state: graded
"""


# %% first
class check:
    call = equal = close = that = shape = staticmethod(lambda *args, **kwargs: None)


# %% outside
def mutate(notebook):
    cells = notebook["cells"]
    (number,) = [n for n, cell in enumerate(cells) if cell["metadata"].get("nbgrader", {}).get("grade_id") == "set-up"]
    cells.append(cells.pop(number))
