"""Roots of probabilities, divided by their sum: right, until a probability is too small for a float.

loses: soften-hidden
"""


# %% soften
def soften(logits, temperature):
    roots = logits.softmax(-1) ** (1 / temperature)
    return roots / roots.sum(-1, keepdim=True)
