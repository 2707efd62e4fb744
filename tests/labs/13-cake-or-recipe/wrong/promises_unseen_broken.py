"""What cannot be seen counts as broken.

loses: broken-promises-visible, broken-promises-hidden
message: this cannot be seen from here
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
            kept = False
        if not kept:
            broken.append(term)
    return sorted(broken)
