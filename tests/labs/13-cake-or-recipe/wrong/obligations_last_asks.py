"""Only the last licence that asks is kept.

loses: obligations-visible, obligations-hidden
message: only the last parent that asks was kept
"""


# %% obligations
def obligations(chain, licences):
    asked = {}
    for parent in chain:
        reach = "changed" if parent["role"] == "start" else "student"
        for term in licences[parent["licence"]]["terms"]:
            if reach in term["reaches"] and term["kind"] in ("condition", "limit"):
                asked[term["term"]] = {parent["licence"]}
    return {term: sorted(names) for term, names in asked.items()}
