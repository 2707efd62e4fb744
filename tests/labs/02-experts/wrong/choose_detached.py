"""The weights do not carry a gradient: the router would never learn.

loses: choose-experts-hidden
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    weights = scores.detach().gather(1, indices)
    return scale * weights / weights.sum(-1, keepdim=True), indices
