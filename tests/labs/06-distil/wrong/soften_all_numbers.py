"""One softmax for all tokens together.

loses: soften-visible, soften-hidden
message: one softmax over all numbers
"""


# %% soften
def soften(logits, temperature):
    return (logits / temperature).flatten().softmax(0).view_as(logits)
