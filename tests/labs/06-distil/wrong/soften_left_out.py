"""The temperature is not used.

loses: soften-visible, soften-hidden
message: the temperature was left out
"""


# %% soften
def soften(logits, temperature):
    return logits.softmax(-1)
