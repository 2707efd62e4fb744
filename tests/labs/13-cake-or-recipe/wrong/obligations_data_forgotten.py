"""Who wrote the data asks for nothing.

loses: obligations-visible, obligations-hidden
message: the data were forgotten
"""


# %% obligations
def obligations(chain, licences):
    asked = {}
    for parent in [parent for parent in chain if parent["role"] != "data"]:
        reach = "changed" if parent["role"] == "start" else "student"
        for term in licences[parent["licence"]]["terms"]:
            if reach in term["reaches"] and term["kind"] in ("condition", "limit"):
                asked.setdefault(term["term"], set()).add(parent["licence"])
    return {term: sorted(names) for term, names in asked.items()}
