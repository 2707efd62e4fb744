"""The temperature multiplies.

loses: soften-visible, soften-hidden
message: a high one makes distributions flat
"""


# %% soften
def soften(logits, temperature):
    return (logits * temperature).softmax(-1)
