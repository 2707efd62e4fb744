"""A softmax over the wrong dimension.

loses: score-experts-visible, score-experts-hidden
message: a softmax over the tokens
"""


# %% score-experts
def score_experts(hidden, router_weight):
    return (hidden.float() @ router_weight.float().T).softmax(0)
