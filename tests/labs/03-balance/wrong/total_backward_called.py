"""The function calls `backward()` itself.

loses: training-loss-hidden
message: `backward()` was called in the function
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask])
    for s, i in zip(scores, indices, strict=False):
        loss = loss + parts.balance(s, i, mask, alpha)
    loss.backward()
    return loss
