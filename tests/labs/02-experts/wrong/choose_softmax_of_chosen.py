"""A softmax over the chosen scores, as other models have it.

loses: choose-experts-visible, choose-experts-hidden
message: a softmax over the chosen scores
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    return scale * scores.gather(1, indices).softmax(-1), indices
