"""The living experts are counted.

loses: imbalance-visible, imbalance-hidden
message: the experts that are alive were counted
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean(1)
    return (load.max(1).values - mean) / mean, (load > 0).sum(1)
