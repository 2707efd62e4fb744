"""The licences that ask as a set, and not as a sorted list.

loses: obligations-visible, obligations-hidden
"""


# %% obligations
def obligations(chain: list[dict], licences: dict[str, dict]) -> dict[str, list[str]]:
    """The conditions and limits that reach a student, by name, and the licences that ask."""
    asked = {}
    for parent in chain:
        reach = "changed" if parent["role"] == "start" else "student"
        for term in licences[parent["licence"]]["terms"]:
            if reach in term["reaches"] and term["kind"] in ("condition", "limit"):
                asked.setdefault(term["term"], set()).add(parent["licence"])
    return asked
