"""Padding is set to 0, and still counted in the mean.

loses: training-loss-visible, training-loss-hidden
message: divided by all places, padding too
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    each = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    loss = (each * mask).mean()
    return loss + sum(parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True))
