"""The cross-entropy takes logits; it got probabilities.

loses: loss-visible loss-hidden
message: takes logits, not probabilities
"""


# %% loss
def next_token_loss(logits, labels):
    return F.cross_entropy(logits.softmax(-1)[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
