"""The routed scaling factor is forgotten.

loses: choose-experts-hidden
message: the scale is missing
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    weights = scores.gather(1, indices)
    return weights / weights.sum(-1, keepdim=True), indices
