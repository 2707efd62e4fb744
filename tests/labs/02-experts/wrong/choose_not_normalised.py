"""The weights are not divided by their sum.

loses: choose-experts-visible, choose-experts-hidden
message: not divided by their sum
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    return scale * scores.gather(1, indices), indices
