"""Texts with the same score are taken one after the other.

loses: roc-visible, roc-hidden
"""


# %% roc
def roc(scores, machine):
    points, order = [(0.0, 0.0)], scores.argsort(descending=True, stable=True)
    for count in range(1, len(scores) + 1):
        accused = machine[order[:count]]
        points.append((int((~accused).sum()) / int((~machine).sum()), int(accused.sum()) / int(machine.sum())))
    return points


def auc(scores, machine):
    ahead = scores[machine][:, None] - scores[~machine]
    return ((ahead > 0).double() + 0.5 * (ahead == 0)).mean().item()
