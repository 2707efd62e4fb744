"""Only the balance: a model that shares out its work and learns nothing.

loses: training-loss-visible, training-loss-hidden
message: the cross-entropy is missing
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    words = F.cross_entropy(logits[mask], targets[mask])
    layers = [parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True)]
    return sum(layers)
