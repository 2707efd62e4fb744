"""The router computes in the type of its inputs.

loses: score-experts-hidden
"""


# %% score-experts
def score_experts(hidden, router_weight):
    return (hidden @ router_weight.T).sigmoid()
