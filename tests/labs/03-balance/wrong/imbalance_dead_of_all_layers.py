"""One number of dead experts for the whole model.

loses: imbalance-visible, imbalance-hidden
message: one number for all layers together
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean(1)
    return (load.max(1).values - mean) / mean, (load == 0).sum()
