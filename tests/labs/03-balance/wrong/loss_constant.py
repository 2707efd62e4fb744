"""The load is averaged over the experts and not over the tokens: the loss is always alpha (hyper-parallel#752).

loses: balance-loss-visible, balance-loss-hidden
message: the loss is always alpha
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    n_experts, top_k = scores.shape[-1], indices.shape[-1]
    length = mask.sum(1, keepdim=True)
    chosen = F.one_hot(indices, n_experts).sum(2) * mask[..., None]
    f = (chosen.float().mean(-1, keepdim=True) * n_experts / top_k).sum(1) / length
    share = scores / scores.sum(-1, keepdim=True)
    P = (share * mask[..., None]).sum(1) / length
    return alpha * (f * P).sum(1).mean()
