"""The bias is taken away.

loses: choose-experts-visible, choose-experts-hidden
message: taken away, not added
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores - bias).topk(top_k).indices
    weights = scores.gather(1, indices)
    return scale * weights / weights.sum(-1, keepdim=True), indices
