"""Computed in float32 and then rounded back to the type of the inputs.

loses: score-experts-hidden
"""


# %% score-experts
def score_experts(hidden, router_weight):
    return (hidden.float() @ router_weight.float().T).sigmoid().to(hidden.dtype)
