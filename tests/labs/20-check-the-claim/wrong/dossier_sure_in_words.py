"""The confidence as text, "60 %".

loses: dossier-visible, dossier-hidden
message: a number without quotation marks
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
dossier[2]["confidence"] = "60 %"
