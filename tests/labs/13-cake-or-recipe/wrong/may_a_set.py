"""The reasons as a set: the order of the list is lost.

loses: may-i-visible, may-i-hidden
"""


# %% may-i
def may_i(use: dict, terms: list[dict]) -> tuple[str, list[str]]:
    """Return (answer, reasons): "no", "ask first", "not known", "yes, if" or "yes",
    and the names of the terms that give this answer."""
    found = {"limit": [], "threshold": [], "unknown": [], "condition": []}
    for term in terms:
        if use["thing"] not in term["reaches"]:
            continue
        if term["kind"] in ("limit", "unknown") and term["purpose"] != use["purpose"]:
            continue
        if term["kind"] == "threshold" and use["users"] <= term["above"]:
            continue
        found[term["kind"]].append(term["term"])
    answers = ("no", "ask first", "not known", "yes, if")
    for answer, reasons in zip(answers, found.values(), strict=True):
        if reasons:
            return answer, set(reasons)
    return "yes", []
