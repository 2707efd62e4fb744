"""Padding is turned into token 0 and counted.

loses: loss-visible, loss-hidden
"""


# %% loss
def next_token_loss(logits, labels):
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten().clamp(min=0))
