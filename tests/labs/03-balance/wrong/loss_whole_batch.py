"""All sequences as one: the loss of the batch, not of each sequence.

loses: balance-loss-visible, balance-loss-hidden
message: all sequences were taken as one
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    scores, indices = scores[mask], indices[mask]
    f = torch.bincount(indices.flatten(), minlength=scores.shape[1]) * scores.shape[1] / indices.numel()
    return alpha * (f * (scores / scores.sum(1, keepdim=True)).mean(0)).sum()
