"""Padding counts in the cross-entropy.

loses: training-loss-visible, training-loss-hidden
message: padding is in the cross-entropy
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    return loss + sum(parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True))
