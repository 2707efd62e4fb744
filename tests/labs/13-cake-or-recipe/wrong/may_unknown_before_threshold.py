"""What is not known comes before the threshold.

loses: may-i-hidden
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
        ("no", "limit"),
        ("not known", "unknown"),
        ("ask first", "threshold"),
        ("yes, if", "condition"),
    ):
        if found[kind]:
            return answer, found[kind]
    return "yes", []
