"""Log-probabilities are returned.

loses: soften-visible, soften-hidden
message: logarithms of probabilities
"""


# %% soften
def soften(logits, temperature):
    return (logits / temperature).log_softmax(-1)
