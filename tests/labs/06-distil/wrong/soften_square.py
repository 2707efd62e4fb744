"""The square of the temperature.

loses: soften-visible, soften-hidden
message: the square of the temperature
"""


# %% soften
def soften(logits, temperature):
    return (logits / temperature**2).softmax(-1)
