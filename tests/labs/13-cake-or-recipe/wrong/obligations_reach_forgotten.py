"""All terms of all parents.

loses: obligations-visible, obligations-hidden
"""


# %% obligations
def obligations(chain, licences):
    asked = {}
    for parent in chain:
        reach = "changed" if parent["role"] == "start" else "student"
        for term in licences[parent["licence"]]["terms"]:
            if term["kind"] in ("condition", "limit"):
                asked.setdefault(term["term"], set()).add(parent["licence"])
    return {term: sorted(names) for term, names in asked.items()}
