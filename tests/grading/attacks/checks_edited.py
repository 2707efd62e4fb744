"""The checks say `pass`, are answers by their metadata, and are worth 385 points.

loses: all
flag: edited-cell, changed-details
state: graded
"""


# %% outside
def mutate(notebook):
    for cell in notebook["cells"]:
        details = cell["metadata"].get("nbgrader", {})
        if details.get("grade"):
            cell["source"] = "pass"
            details |= {"solution": True, "locked": False, "points": 385, "schema_version": 99, "checksum": "0" * 32}
