"""Parents with an open licence are not asked.

loses: obligations-visible, obligations-hidden
"""


# %% obligations
def obligations(chain, licences):
    asked = {}
    for parent in [parent for parent in chain if not licences[parent["licence"]]["open"]]:
        reach = "changed" if parent["role"] == "start" else "student"
        for term in licences[parent["licence"]]["terms"]:
            if reach in term["reaches"] and term["kind"] in ("condition", "limit"):
                asked.setdefault(term["term"], set()).add(parent["licence"])
    return {term: sorted(names) for term, names in asked.items()}
