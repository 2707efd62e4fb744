"""Padding takes part in the mean, as places with a loss of 0.

loses: loss-visible, loss-hidden
message: those that do not count too
"""


# %% loss
def next_token_loss(logits, labels):
    return F.cross_entropy(
        logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100, reduction="none"
    ).mean()
