"""The bias enters the weights and not only the choice (seen in several public implementations).

loses: choose-experts-visible, choose-experts-hidden
message: the bias went into the weights too
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    weights, indices = (scores + bias).topk(top_k)
    return scale * weights / weights.sum(-1, keepdim=True), indices
