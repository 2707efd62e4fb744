"""The broken promises as a set, which has no order.

loses: broken-promises-visible, broken-promises-hidden
"""


# %% broken-promises
def broken_promises(asked: dict[str, list[str]], student: dict, licences: dict[str, dict]) -> list[str]:
    """The sorted names of the terms that are asked for and that the student does not keep."""
    own = {term["term"] for term in licences[student["licence"]]["terms"]}
    broken = []
    for term, who in asked.items():
        if term == "name begins with 'Llama'":
            kept = student["name"].startswith("Llama")
        elif term == "show 'Built with Llama'":
            kept = "Built with Llama" in student["card"]
        elif term == "give the licence":
            kept = set(who) <= set(student["gives"])
        elif term == "pass on the use rules" or term.startswith("no "):
            kept = term in own
        else:
            kept = True
        if not kept:
            broken.append(term)
    return set(broken)
