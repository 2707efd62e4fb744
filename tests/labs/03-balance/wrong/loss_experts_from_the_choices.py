"""N is the highest chosen expert plus one: too small where nobody chose the last ones.

loses: balance-loss-hidden
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    n_experts, top_k = int(indices.max()) + 1, indices.shape[-1]
    length = mask.sum(1, keepdim=True)
    chosen = F.one_hot(indices, scores.shape[-1]).sum(2) * mask[..., None]
    f = chosen.sum(1) * n_experts / (top_k * length)
    share = scores / scores.sum(-1, keepdim=True) * mask[..., None]
    return alpha * (f * share.sum(1) / length).sum(1).mean()
