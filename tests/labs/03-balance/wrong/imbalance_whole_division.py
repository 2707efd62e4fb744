"""The division drops what is behind the point.

loses: imbalance-hidden
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean(1)
    return (load.max(1).values - mean) // mean, (load == 0).sum(1)
