"""The largest distance from the mean, below it too: a dead expert is as bad as one with twice its share.

loses: imbalance-hidden
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean(1, keepdim=True)
    return ((load - mean).abs() / mean).amax(1), (load == 0).sum(1)
