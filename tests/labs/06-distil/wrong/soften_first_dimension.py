"""The softmax runs over the tokens.

loses: soften-visible, soften-hidden
message: a softmax over the tokens
"""


# %% soften
def soften(logits, temperature):
    return (logits / temperature).softmax(0)
