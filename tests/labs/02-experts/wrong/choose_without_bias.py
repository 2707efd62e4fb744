"""The bias is ignored.

loses: choose-experts-visible, choose-experts-hidden
message: the bias was left out of the choice
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    weights, indices = scores.topk(top_k)
    return scale * weights / weights.sum(-1, keepdim=True), indices
