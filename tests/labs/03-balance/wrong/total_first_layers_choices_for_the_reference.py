"""The choices of the first layer go to the reference of part 3, which is not written, for all layers.

loses: balance-loss-visible, balance-loss-hidden, training-loss-visible, training-loss-hidden
message: parts.balance expects the choices that belong to these scores
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    raise NotImplementedError


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = F.cross_entropy(logits[mask], targets[mask])
    for s in scores:
        loss = loss + parts.balance(s, indices[0], mask, alpha)
    return loss
