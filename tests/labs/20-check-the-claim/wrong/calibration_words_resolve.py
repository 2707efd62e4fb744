"""Resolution from what was said, not from what was right.

loses: calibration-visible, calibration-hidden
message: resolution is about what was right
"""


# %% calibration
def calibration(confidence, right):
    levels = confidence.unique()
    groups = [confidence == level for level in levels]
    counts = torch.stack([group.sum() for group in groups]).double()
    share = torch.stack([right[group].double().mean() for group in groups])
    n, base = len(right), right.double().mean()
    return (counts * (levels - share) ** 2).sum() / n, (counts * (levels - base) ** 2).sum() / n, base * (1 - base)
