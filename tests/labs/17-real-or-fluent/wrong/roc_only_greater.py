"""Texts at the threshold are not accused.

loses: roc-visible, roc-hidden
message: texts at the threshold
"""


# %% roc
def roc(scores, machine):
    points = [(0.0, 0.0)]
    for level in scores.unique().flip(0):
        accused = (scores > level).double()
        points.append((accused[~machine].mean().item(), accused[machine].mean().item()))
    return points


def auc(scores, machine):
    ahead = scores[machine][:, None] - scores[~machine]
    return ((ahead > 0).double() + 0.5 * (ahead == 0)).mean().item()
