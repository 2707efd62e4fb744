"""Each layer overwrites the one before.

loses: training-loss-visible, training-loss-hidden
message: only the last layer's
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    words = F.cross_entropy(logits[mask], targets[mask])
    layers = [parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True)]
    for layer in layers:
        balance = layer
    return words + balance
