"""The function calls `backward()` itself.

loses: balance-loss-hidden
message: `backward()` was called in the function
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    n_experts, top_k = scores.shape[-1], indices.shape[-1]
    length = mask.sum(1, keepdim=True)
    chosen = F.one_hot(indices, n_experts).sum(2) * mask[..., None]
    f = chosen.sum(1) * n_experts / (top_k * length)
    share = scores / scores.sum(-1, keepdim=True) * mask[..., None]
    loss = alpha * (f * share.sum(1) / length).sum(1).mean()
    loss.backward()
    return loss
