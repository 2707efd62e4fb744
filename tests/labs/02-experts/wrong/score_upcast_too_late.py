"""The product is rounded to bfloat16 and only then turned into float32.

loses: score-experts-hidden
"""


# %% score-experts
def score_experts(hidden, router_weight):
    return (hidden @ router_weight.T).float().sigmoid()
