"""The expected calibration error: distances, not squares.

loses: calibration-visible, calibration-hidden
message: not squared
"""


# %% calibration
def calibration(confidence, right):
    levels = confidence.unique()
    groups = [confidence == level for level in levels]
    counts = torch.stack([group.sum() for group in groups]).double()
    share = torch.stack([right[group].double().mean() for group in groups])
    n, base = len(right), right.double().mean()
    return (counts * (levels - share).abs()).sum() / n, (counts * (share - base) ** 2).sum() / n, base * (1 - base)
