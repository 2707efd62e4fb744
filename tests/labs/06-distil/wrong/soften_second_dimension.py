"""Dimension 1 is taken for the last one.

loses: soften-hidden
"""


# %% soften
def soften(logits, temperature):
    return (logits / temperature).softmax(1 if logits.dim() > 1 else 0)
