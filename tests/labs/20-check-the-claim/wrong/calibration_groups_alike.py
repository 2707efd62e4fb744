"""Each group counts the same, however small.

loses: calibration-visible, calibration-hidden
message: weigh it by its judgements
"""


# %% calibration
def calibration(confidence, right):
    levels = confidence.unique()
    groups = [confidence == level for level in levels]
    counts = torch.stack([group.sum() for group in groups]).double()
    share = torch.stack([right[group].double().mean() for group in groups])
    n, base = len(right), right.double().mean()
    return ((levels - share) ** 2).mean(), ((share - base) ** 2).mean(), base * (1 - base)
