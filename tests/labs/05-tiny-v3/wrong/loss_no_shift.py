"""Off by one: the logits at a place are compared with that place's own token.

loses: loss-visible, loss-hidden
message: off by one
"""


# %% loss
def next_token_loss(logits, labels):
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
