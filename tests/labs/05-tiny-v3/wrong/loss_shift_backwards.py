"""The shift goes the wrong way.

loses: loss-visible, loss-hidden
message: the shift goes the wrong way
"""


# %% loss
def next_token_loss(logits, labels):
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), labels[:, :-1].flatten(), ignore_index=-100)
