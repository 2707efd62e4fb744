"""The weight that a paper recommends, in place of the one that is given.

loses: training-loss-visible training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask])
    for layer_scores, layer_indices in zip(scores, indices, strict=True):
        loss = loss + parts.balance(layer_scores, layer_indices, mask, 0.01)
    return loss
