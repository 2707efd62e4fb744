"""The cross-entropy is summed.

loses: training-loss-visible, training-loss-hidden
message: the cross-entropy was summed
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask], reduction="sum")
    return loss + sum(parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True))
