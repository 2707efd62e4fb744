"""Scores are scaled to sum to one over all experts before the choice. Divided by the sum of the chosen they would
be right again, were it not for the bias.

loses: score-experts-visible, score-experts-hidden
message: scaled to sum to 1
"""


# %% score-experts
def score_experts(hidden, router_weight):
    scores = (hidden.float() @ router_weight.float().T).sigmoid()
    return scores / scores.sum(-1, keepdim=True)
