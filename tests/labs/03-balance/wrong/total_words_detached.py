"""The cross-entropy is a number: only balance is learned.

loses: training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    words = F.cross_entropy(logits[mask], targets[mask])
    layers = [parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True)]
    return words.detach() + sum(layers)
