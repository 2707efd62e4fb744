"""Temperatures below 1 are not used.

loses: soften-visible, soften-hidden
message: the temperature was left out where it is below 1
"""


# %% soften
def soften(logits, temperature):
    return (logits / max(temperature, 1.0)).softmax(-1)
