"""The mean over the texts of each text's mean.

loses: training-loss-visible, training-loss-hidden
message: each text was averaged by itself
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    each = [F.cross_entropy(one[real], right[real]) for one, right, real in zip(logits, targets, mask, strict=True)]
    loss = sum(each) / len(each)
    return loss + sum(parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True))
