"""Ties count as losses.

loses: roc-visible, roc-hidden
message: a tie was counted as a loss
"""


# %% roc
def roc(scores, machine):
    points = [(0.0, 0.0)]
    for level in scores.unique().flip(0):
        accused = (scores >= level).double()
        points.append((accused[~machine].mean().item(), accused[machine].mean().item()))
    return points


def auc(scores, machine):
    ahead = scores[machine][:, None] - scores[~machine]
    return (ahead > 0).double().mean().item()
