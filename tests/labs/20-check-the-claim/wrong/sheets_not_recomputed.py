"""A wrong sum is named and not put right.

loses: sheets-visible, sheets-hidden
message: the sheets in `recomputed`
"""

# %% sheets
found = {sheet: "none" for sheet in SHEETS} | {"E03": "sum", "E07": "scope", "E09": "date", "E15": "sum"}
recomputed = {"E03": 0.18, "E15": 4.55}
del recomputed["E15"]
