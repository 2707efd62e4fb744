"""The mean is divided with `//`: right where it is a whole number.

loses: imbalance-hidden
"""


# %% imbalance
def imbalance(load):
    mean = load.sum(1) // load.shape[1]
    return (load.max(1).values - mean) / mean, (load == 0).sum(1)
