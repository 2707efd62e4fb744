"""A word of one's own.

loses: sheets-visible, sheets-hidden
message: entries that are none of
"""

# %% sheets
found = {sheet: "none" for sheet in SHEETS} | {"E03": "sum", "E07": "scope", "E09": "date", "E15": "sum"}
recomputed = {"E03": 0.18, "E15": 4.55}
found["E03"] = "arithmetic"
