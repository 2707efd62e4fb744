"""Right numbers in float64, which the products of the later parts refuse.

loses: choose-experts-visible, choose-experts-hidden
message: expected torch.float32, the type of the scores
"""


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k).indices
    weights = scores.double().gather(1, indices)
    return scale * weights / weights.sum(-1, keepdim=True), indices
