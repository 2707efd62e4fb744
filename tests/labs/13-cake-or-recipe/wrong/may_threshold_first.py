"""The threshold is asked before the limits.

loses: may-i-visible, may-i-hidden
message: a limit comes before a threshold
"""


# %% may-i
def may_i(use, terms):
    found = {"limit": [], "threshold": [], "unknown": [], "condition": []}
    for term in terms:
        if use["thing"] not in term["reaches"]:
            continue
        if term["kind"] in ("limit", "unknown") and term["purpose"] != use["purpose"]:
            continue
        if term["kind"] == "threshold" and use["users"] <= term["above"]:
            continue
        found[term["kind"]].append(term["term"])
    for answer, kind in (
        ("ask first", "threshold"),
        ("no", "limit"),
        ("not known", "unknown"),
        ("yes, if", "condition"),
    ):
        if found[kind]:
            return answer, found[kind]
    return "yes", []
