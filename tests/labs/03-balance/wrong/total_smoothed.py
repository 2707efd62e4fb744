"""Labels are smoothed by a tenth, as a recipe has it.

loses: training-loss-visible training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask], label_smoothing=0.1)
    for layer_scores, layer_indices in zip(scores, indices, strict=True):
        loss = loss + parts.balance(layer_scores, layer_indices, mask, alpha)
    return loss
