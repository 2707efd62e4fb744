"""No word on what would change one's mind.

loses: dossier-visible
message: claim 3: the fields
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
del dossier[3]["change_my_mind"]
