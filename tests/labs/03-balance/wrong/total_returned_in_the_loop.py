"""The return is inside the loop: only the first layer counts.

loses: training-loss-visible, training-loss-hidden
message: only the first layer's
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    words = F.cross_entropy(logits[mask], targets[mask])
    layers = [parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True)]
    for layer in layers:
        return words + layer
