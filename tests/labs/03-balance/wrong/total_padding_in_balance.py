"""Padding is hidden from the cross-entropy and not from the balance loss.

loses: training-loss-visible, training-loss-hidden
message: the loss of a model of three layers
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask])
    everyone = torch.ones_like(mask)
    return loss + sum(parts.balance(s, i, everyone, alpha) for s, i in zip(scores, indices, strict=True))
