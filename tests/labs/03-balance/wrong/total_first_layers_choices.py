"""The choices of the first layer are used for all.

loses: training-loss-visible, training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask])
    for s in scores:
        loss = loss + parts.balance(s, indices[0], mask, alpha)
    return loss
