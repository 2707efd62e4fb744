"""The sum that divides the weights is detached: values right, gradient wrong.

loses: choose-experts-hidden
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    weights = scores.gather(1, indices)
    return scale * weights / weights.sum(-1, keepdim=True).detach(), indices
