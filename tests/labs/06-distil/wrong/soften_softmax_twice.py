"""Probabilities are taken for logits.

loses: soften-visible, soften-hidden
message: a softmax of a softmax
"""


# %% soften
def soften(logits, temperature):
    return (logits.softmax(-1) / temperature).softmax(-1)
