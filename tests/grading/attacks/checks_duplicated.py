"""Each check is there twice, the first of them empty; and one stands in a cell marked as an answer.

loses: all
flag: duplicate-cell, edited-cell
state: graded
"""


# %% outside
def mutate(notebook):
    cells = []
    for cell in notebook["cells"]:
        details = cell["metadata"].get("nbgrader", {})
        if details.get("grade"):
            cells.append(cell | {"source": "pass"})
        cells.append(cell)
    notebook["cells"] = cells
