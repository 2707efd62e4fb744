"""Right numbers as lists, with which no later part can compute.

loses: choose-experts-visible, choose-experts-hidden
message: yours gave a list
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    weights = scores.gather(1, indices)
    return (scale * weights / weights.sum(-1, keepdim=True)).tolist(), indices.tolist()
