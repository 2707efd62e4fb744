"""The point (0, 0) is missing.

loses: roc-visible, roc-hidden
message: the start, (0, 0), is missing
"""


# %% roc
def roc(scores, machine):
    points = []
    for level in scores.unique().flip(0):
        accused = (scores >= level).double()
        points.append((accused[~machine].mean().item(), accused[machine].mean().item()))
    return points


def auc(scores, machine):
    ahead = scores[machine][:, None] - scores[~machine]
    return ((ahead > 0).double() + 0.5 * (ahead == 0)).mean().item()
