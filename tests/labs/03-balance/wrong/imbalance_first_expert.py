"""The first expert is taken for the busiest.

loses: imbalance-hidden
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean(1)
    return (load[:, 0] - mean) / mean, (load == 0).sum(1)
