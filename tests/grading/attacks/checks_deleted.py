"""The checks and the set-up are gone; half of the others became text.

loses: all
flag: missing-cell, retyped-cell
state: graded
"""


# %% outside
def mutate(notebook):
    kept = []
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name == "square-visible" or name == "word-visible":
            cell["cell_type"] = "markdown"
        if not name.endswith("-hidden") and name != "set-up":
            kept.append(cell)
    notebook["cells"] = kept
