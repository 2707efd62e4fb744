"""Each expert's scores are divided by their sum over the tokens, padding among them.

loses: balance-loss-visible, balance-loss-hidden
message: divided by the sum over all tokens, padding too
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    n_experts, top_k = scores.shape[-1], indices.shape[-1]
    length = mask.sum(1, keepdim=True)
    chosen = F.one_hot(indices, n_experts).sum(2) * mask[..., None]
    f = chosen.sum(1) * n_experts / (top_k * length)
    share = scores / scores.sum(1, keepdim=True)
    P = (share * mask[..., None]).sum(1) / length
    return alpha * (f * P).sum(1).mean()
