"""The arXiv number was not read.

loses: sheets-hidden
"""

# %% sheets
found = {sheet: "none" for sheet in SHEETS} | {"E03": "sum", "E07": "scope", "E09": "date", "E15": "sum"}
recomputed = {"E03": 0.18, "E15": 4.55}
found["E09"] = "none"
