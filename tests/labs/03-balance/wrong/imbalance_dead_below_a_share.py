"""Dead where the load is below a tenth of the mean: such an expert is weak, not dead.

loses: imbalance-hidden
"""


# %% imbalance
def imbalance(load):
    mean = load.float().mean(1, keepdim=True)
    return (load.max(1).values - mean[:, 0]) / mean[:, 0], (load < 0.2 * mean).sum(1)
