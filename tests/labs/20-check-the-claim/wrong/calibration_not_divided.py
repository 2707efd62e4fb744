"""Sums, not divided by the number of judgements.

loses: calibration-visible, calibration-hidden
message: divide by the number of judgements
"""


# %% calibration
def calibration(confidence, right):
    levels = confidence.unique()
    groups = [confidence == level for level in levels]
    counts = torch.stack([group.sum() for group in groups]).double()
    share = torch.stack([right[group].double().mean() for group in groups])
    n, base = len(right), right.double().mean()
    return (counts * (levels - share) ** 2).sum(), (counts * (share - base) ** 2).sum(), base * (1 - base)
