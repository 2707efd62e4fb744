"""The beginning is treated like a teacher.

loses: obligations-visible, obligations-hidden
"""


# %% obligations
def obligations(chain, licences):
    asked = {}
    for parent in chain:
        reach = "student"
        for term in licences[parent["licence"]]["terms"]:
            if reach in term["reaches"] and term["kind"] in ("condition", "limit"):
                asked.setdefault(term["term"], set()).add(parent["licence"])
    return {term: sorted(names) for term, names in asked.items()}
