"""The scores of experts that were not chosen are in P, but as numbers: they get no gradient.

loses: balance-loss-hidden
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    n_experts, top_k = scores.shape[-1], indices.shape[-1]
    length = mask.sum(1, keepdim=True)
    hot = F.one_hot(indices, n_experts).sum(2)
    chosen = hot * mask[..., None]
    f = chosen.sum(1) * n_experts / (top_k * length)
    share = scores / scores.sum(-1, keepdim=True) * mask[..., None]
    share = share * hot + share.detach() * (1 - hot)
    return alpha * (f * share.sum(1) / length).sum(1).mean()
