"""The probabilities are divided, and not the logits.

loses: soften-visible, soften-hidden
message: divide the logits
"""


# %% soften
def soften(logits, temperature):
    return logits.softmax(-1) / temperature
