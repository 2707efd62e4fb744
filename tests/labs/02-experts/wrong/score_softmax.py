"""A softmax over the experts in place of the sigmoid.

loses: score-experts-visible, score-experts-hidden
message: a softmax over the experts
"""


# %% score-experts
def score_experts(hidden, router_weight):
    return (hidden.float() @ router_weight.float().T).softmax(-1)
