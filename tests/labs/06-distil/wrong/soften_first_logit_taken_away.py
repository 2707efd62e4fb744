"""The first logit is taken away before the powers, and not the largest.

loses: soften-hidden
"""


# %% soften
def soften(logits, temperature):
    z = logits / temperature
    z = z - z[..., :1]
    e = z.exp()
    return e / e.sum(-1, keepdim=True)
