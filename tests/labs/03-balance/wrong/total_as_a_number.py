"""The balance loss is added as a number: the value is right, and no router learns from it.

loses: training-loss-visible, training-loss-hidden
message: the balance loss is a number
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    words = F.cross_entropy(logits[mask], targets[mask])
    layers = [parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True)]
    return words + sum(layer.item() for layer in layers)
