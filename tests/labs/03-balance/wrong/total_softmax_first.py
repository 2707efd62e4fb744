"""The cross-entropy takes logits; it got probabilities.

loses: training-loss-visible training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask].softmax(-1), targets[mask])
    for layer_scores, layer_indices in zip(scores, indices, strict=True):
        loss = loss + parts.balance(layer_scores, layer_indices, mask, alpha)
    return loss
