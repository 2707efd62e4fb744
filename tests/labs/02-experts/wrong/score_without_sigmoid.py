"""The products themselves are taken for scores.

loses: score-experts-visible, score-experts-hidden
message: the sigmoid is missing
"""


# %% score-experts
def score_experts(hidden, router_weight):
    return hidden.float() @ router_weight.float().T
