"""A column of means meets a row of maxima, which makes a table.

loses: imbalance-visible imbalance-hidden
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean(1, keepdim=True)
    return (load.max(1).values - mean) / mean, (load == 0).sum(1)
