"""A mean over the choices in place of their sum, so that f is K times too small.

loses: balance-loss-visible balance-loss-hidden
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    n_experts, top_k = scores.shape[-1], indices.shape[-1]
    length = mask.sum(1, keepdim=True)
    chosen = F.one_hot(indices, n_experts).float().mean(2) * mask[..., None]
    f = chosen.sum(1) * n_experts / (top_k * length)
    share = scores / scores.sum(-1, keepdim=True) * mask[..., None]
    return alpha * (f * share.sum(1) / length).sum(1).mean()
