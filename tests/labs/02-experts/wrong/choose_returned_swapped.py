"""Indices first, weights second.

loses: choose-experts-visible, choose-experts-hidden
message: returned the wrong way round
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    weights = scores.gather(1, indices)
    return indices, scale * weights / weights.sum(-1, keepdim=True)
