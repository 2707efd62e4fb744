"""Cells that are numbers, lists and objects without what a cell has; ids, sources and metadata of wrong types.

loses: all
flag: damaged-cell
state: graded
"""


# %% outside
def mutate(notebook):
    cells = notebook["cells"]
    cells[0]["id"], cells[1]["id"] = "same", "same"
    cells[2]["metadata"]["tags"] = {"x": 1}
    cells[3]["source"] = [1, 2]
    cells[4]["metadata"] = []
    cells[5]["outputs"] = "x"
    cells[6]["metadata"]["nbgrader"]["grade_id"] = ["x"]
    cells += [5, None, [], {}, {"cell_type": "code"}, {"cell_type": ["code"], "source": {}}, "x"]
