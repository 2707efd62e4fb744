"""The sum is taken over the tokens.

loses: choose-experts-visible, choose-experts-hidden
message: divided by a sum over the tokens
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    weights = scores.gather(1, indices)
    return scale * weights / weights.sum(0), indices
