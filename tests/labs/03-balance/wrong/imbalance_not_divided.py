"""Tokens above the mean: grows with the batch.

loses: imbalance-visible, imbalance-hidden
message: divide by the mean
"""


# %% imbalance
def imbalance(load):
    return load.max(1).values - load.float().mean(1), (load == 0).sum(1)
