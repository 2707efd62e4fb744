"""The logarithm to base 2.

loses: training-loss-visible training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask]) / torch.tensor(2.0).log()
    for layer_scores, layer_indices in zip(scores, indices, strict=True):
        loss = loss + parts.balance(layer_scores, layer_indices, mask, alpha)
    return loss
