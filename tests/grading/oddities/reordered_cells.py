"""The learner moved answers and their checks: the last part comes first."""


# %% outside
def mutate(notebook):
    cells = notebook["cells"]
    notebook["cells"] = cells[:1] + cells[-2:] + cells[-4:-2] + cells[1:-4]
