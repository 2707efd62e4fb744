"""Dead experts first, then MaxVio.

loses: imbalance-visible imbalance-hidden
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean(1)
    return (load == 0).sum(1), (load.max(1).values - mean) / mean
