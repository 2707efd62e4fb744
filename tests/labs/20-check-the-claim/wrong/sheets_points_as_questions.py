"""0.6 points are taken for 0.6 questions.

loses: sheets-hidden
"""

# %% sheets
found = {sheet: "none" for sheet in SHEETS} | {"E03": "sum", "E07": "scope", "E09": "date", "E15": "sum"}
recomputed = {"E03": 0.18, "E15": 4.55}
recomputed["E03"] = 0.6
