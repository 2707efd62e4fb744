"""The real tokens are counted, and then taken from the front, wherever the padding is.

loses: balance-loss-hidden
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    n_experts, top_k = scores.shape[-1], indices.shape[-1]
    length = mask.sum(1, keepdim=True)
    mask = torch.arange(mask.shape[1]) < length
    chosen = F.one_hot(indices, n_experts).sum(2) * mask[..., None]
    f = chosen.sum(1) * n_experts / (top_k * length)
    share = scores / scores.sum(-1, keepdim=True)
    P = (share * mask[..., None]).sum(1) / length
    return alpha * (f * P).sum(1).mean()
