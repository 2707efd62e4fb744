"""Divided by the largest load.

loses: imbalance-visible, imbalance-hidden
message: divided by the largest load
"""


# %% imbalance
def imbalance(load):
    most = load.max(1).values.float()
    return (most - load.float().mean(1)) / most, (load == 0).sum(1)
