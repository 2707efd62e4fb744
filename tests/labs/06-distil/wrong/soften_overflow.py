"""The formula as it stands, which overflows.

loses: soften-visible, soften-hidden
message: too large for a float
"""


# %% soften
def soften(logits, temperature):
    weights = (logits / temperature).exp()
    return weights / weights.sum(-1, keepdim=True)
