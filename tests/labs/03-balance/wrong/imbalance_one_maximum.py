"""The busiest expert of all layers, compared with the mean of each.

loses: imbalance-visible imbalance-hidden
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean(1)
    return (load.max() - mean) / mean, (load == 0).sum(1)
