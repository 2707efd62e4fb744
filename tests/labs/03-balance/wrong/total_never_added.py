"""The balance loss is computed and never added (minimind#140).

loses: training-loss-visible, training-loss-hidden
message: the balance loss is not in it
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    words = F.cross_entropy(logits[mask], targets[mask])
    layers = [parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True)]
    balance = sum(layers)
    return words
