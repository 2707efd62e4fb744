"""The balance loss is taken away: imbalance pays.

loses: training-loss-visible, training-loss-hidden
message: taken away, not added
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    words = F.cross_entropy(logits[mask], targets[mask])
    layers = [parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True)]
    return words - sum(layers)
