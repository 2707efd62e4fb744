"""Powers of probabilities, which do not sum to 1.

loses: soften-visible, soften-hidden
message: do not sum to 1
"""


# %% soften
def soften(logits, temperature):
    return logits.softmax(-1) ** (1 / temperature)
