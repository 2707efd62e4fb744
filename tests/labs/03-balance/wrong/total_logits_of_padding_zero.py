"""Padding has logits of 0 and still counts.

loses: training-loss-visible training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy((logits * mask[..., None]).flatten(0, 1), targets.flatten())
    for layer_scores, layer_indices in zip(scores, indices, strict=True):
        loss = loss + parts.balance(layer_scores, layer_indices, mask, alpha)
    return loss
