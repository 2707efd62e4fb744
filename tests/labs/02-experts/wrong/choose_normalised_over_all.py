"""Divided by the sum over all experts.

loses: choose-experts-visible, choose-experts-hidden
message: over all experts
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    return scale * (scores / scores.sum(-1, keepdim=True)).gather(1, indices), indices
