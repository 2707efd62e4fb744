"""A sheet without an entry.

loses: sheets-visible, sheets-hidden
message: the sheets in `found`
"""

# %% sheets
found = {sheet: "none" for sheet in SHEETS} | {"E03": "sum", "E07": "scope", "E09": "date", "E15": "sum"}
recomputed = {"E03": 0.18, "E15": 4.55}
del found["E14"]
