"""Thresholds and unknowns are listed too.

loses: obligations-visible, obligations-hidden
message: thresholds are neither
"""


# %% obligations
def obligations(chain, licences):
    asked = {}
    for parent in chain:
        reach = "changed" if parent["role"] == "start" else "student"
        for term in licences[parent["licence"]]["terms"]:
            if reach in term["reaches"] and True:
                asked.setdefault(term["term"], set()).add(parent["licence"])
    return {term: sorted(names) for term, names in asked.items()}
