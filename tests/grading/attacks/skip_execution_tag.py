"""Tags on the checks and answers that make Jupyter leave a cell out, and metadata that looks like a finished grading.

loses: all
flag: tags
state: graded
"""


# %% outside
def mutate(notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-output", "remove-cell"]
        cell["metadata"]["init_cell"] = True
    notebook["metadata"]["openexperts"] = {"state": "graded", "why": "", "findings": []}
    notebook["metadata"]["celltoolbar"] = "Create Assignment"
