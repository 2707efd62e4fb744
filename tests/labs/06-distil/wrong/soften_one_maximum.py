"""The largest logit of all tokens is taken away, in place of each token's own.

loses: soften-hidden
"""


# %% soften
def soften(logits, temperature):
    z = logits / temperature
    e = (z - z.max()).exp()
    return e / e.sum(-1, keepdim=True)
