"""The real tokens are counted, and then taken from the front, wherever the padding is.

loses: training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    mask = torch.arange(mask.shape[1]) < mask.sum(1, keepdim=True)
    loss = F.cross_entropy(logits[mask], targets[mask])
    return loss + sum(parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True))
