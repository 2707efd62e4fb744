"""The value in a new tensor with `requires_grad=True`: it has a gradient, which reaches nothing.

loses: training-loss-hidden
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask])
    for s, i in zip(scores, indices, strict=False):
        loss = loss + parts.balance(s, i, mask, alpha)
    return torch.tensor(loss.item(), requires_grad=True)
