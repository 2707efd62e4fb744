"""A teacher is treated like the beginning.

loses: obligations-visible, obligations-hidden
message: a teacher is not the beginning
"""


# %% obligations
def obligations(chain, licences):
    asked = {}
    for parent in chain:
        reach = "changed"
        for term in licences[parent["licence"]]["terms"]:
            if reach in term["reaches"] and term["kind"] in ("condition", "limit"):
                asked.setdefault(term["term"], set()).add(parent["licence"])
    return {term: sorted(names) for term, names in asked.items()}
