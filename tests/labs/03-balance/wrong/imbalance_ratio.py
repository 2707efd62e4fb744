"""The ratio of max to mean: 1 and not 0 where all are equally busy.

loses: imbalance-visible, imbalance-hidden
message: this is max divided by mean
"""


# %% imbalance
def imbalance(load):
    return load.max(1).values / load.float().mean(1), (load == 0).sum(1)
