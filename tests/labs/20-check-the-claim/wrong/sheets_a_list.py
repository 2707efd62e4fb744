"""A list of fifteen words, where a dictionary is wanted.

loses: sheets-visible, sheets-hidden
message: a dictionary
"""

# %% sheets
found = {sheet: "none" for sheet in SHEETS} | {"E03": "sum", "E07": "scope", "E09": "date", "E15": "sum"}
recomputed = {"E03": 0.18, "E15": 4.55}
found = list(found.values())
