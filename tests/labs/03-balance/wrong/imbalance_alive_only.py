"""The mean over the experts that are alive hides the dead ones.

loses: imbalance-visible, imbalance-hidden
message: dead experts were left out of the mean
"""


# %% imbalance
def imbalance(load):
    mean = load.sum(1) / (load > 0).sum(1)
    return (load.max(1).values - mean) / mean, (load == 0).sum(1)
