"""A licence that two parents carry stands twice.

loses: obligations-visible, obligations-hidden
message: a licence stands twice
"""


# %% obligations
def obligations(chain, licences):
    asked = {}
    for parent in chain:
        reach = "changed" if parent["role"] == "start" else "student"
        for term in licences[parent["licence"]]["terms"]:
            if reach in term["reaches"] and term["kind"] in ("condition", "limit"):
                asked.setdefault(term["term"], []).append(parent["licence"])
    return {term: sorted(names) for term, names in asked.items()}
