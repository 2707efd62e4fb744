"""A list of entries, where a dictionary is wanted.

loses: dossier-visible, dossier-hidden
message: a dictionary with one entry
"""

# %% dossier
statuses = ["supported", "self-reported", "unverified", "self-reported", "contradicted"]
statuses += ["self-reported", "contradicted", "mixed", "mixed", "mixed"]
dossier = {}
for claim, status in enumerate(statuses, start=1):
    dossier[claim] = {
        "status": status,
        "confidence": 0.6,
        "sheets": [sheet for sheet, (about, _) in SHEETS.items() if about == claim],
        "reason": "The sheet says so, and I looked at who wrote it.",
        "change_my_mind": "A first source that says otherwise.",
        "contest": "",
    }
dossier = list(dossier.values())
