"""The claims as text, "1" in place of 1.

loses: dossier-visible, dossier-hidden
message: the whole numbers 1 to 10
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
dossier = {str(claim): entry for claim, entry in dossier.items()}
