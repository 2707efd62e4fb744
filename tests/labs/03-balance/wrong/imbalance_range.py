"""From the least busy to the busiest.

loses: imbalance-visible, imbalance-hidden
message: the smallest load was taken away
"""


# %% imbalance
def imbalance(load):
    return (load.max(1).values - load.min(1).values) / load.float().mean(1), (load == 0).sum(1)
