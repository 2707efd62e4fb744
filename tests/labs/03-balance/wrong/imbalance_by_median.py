"""Compared with the middle load, not with the mean.

loses: imbalance-visible imbalance-hidden
"""


# %% imbalance
def imbalance(load):
    mean = load.float().quantile(0.5, dim=1)
    return (load.max(1).values - mean) / mean, (load == 0).sum(1)
