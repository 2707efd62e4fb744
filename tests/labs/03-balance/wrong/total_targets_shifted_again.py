"""The targets are shifted once more: each place is asked for the word after the next.

loses: training-loss-visible, training-loss-hidden
message: the loss of a model of three layers
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    inside = mask[:, 1:]
    loss = F.cross_entropy(logits[:, :-1][inside], targets[:, 1:][inside])
    return loss + sum(parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True))
