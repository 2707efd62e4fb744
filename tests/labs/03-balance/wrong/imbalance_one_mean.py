"""One mean for all layers.

loses: imbalance-visible, imbalance-hidden
message: the mean of all layers
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean()
    return (load.max(1).values - mean) / mean, (load == 0).sum(1)
