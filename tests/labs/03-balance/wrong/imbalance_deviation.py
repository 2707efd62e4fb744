"""The coefficient of variation, another measure of spread.

loses: imbalance-visible, imbalance-hidden
message: MaxVio of three layers
"""


# %% imbalance
def imbalance(load):
    load = load.float()
    return load.std(1) / load.mean(1), (load == 0).sum(1)
