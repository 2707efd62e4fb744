"""In the order in which they are asked.

loses: broken-promises-visible, broken-promises-hidden
message: the names are to be sorted
"""


# %% broken-promises
def broken_promises(asked, student, licences):
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
    return broken
