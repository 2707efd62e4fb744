"""The powers are not divided by their sum.

loses: soften-visible, soften-hidden
message: not divided by their sum
"""


# %% soften
def soften(logits, temperature):
    return (logits / temperature).exp()
