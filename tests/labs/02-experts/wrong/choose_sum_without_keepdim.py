"""The sums are a list and not a column: with as many tokens as chosen experts that divides by other tokens' sums.

loses: choose-experts-visible, choose-experts-hidden
message: stopped with RuntimeError
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    weights = scores.gather(1, indices)
    return scale * weights / weights.sum(-1), indices
