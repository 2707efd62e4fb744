"""The growth in per cent, where the sheet says how many times.

loses: sheets-hidden
"""

# %% sheets
found = {sheet: "none" for sheet in SHEETS} | {"E03": "sum", "E07": "scope", "E09": "date", "E15": "sum"}
recomputed = {"E03": 0.18, "E15": 4.55}
recomputed["E15"] = (71.0 - 15.6) / 15.6 * 100
