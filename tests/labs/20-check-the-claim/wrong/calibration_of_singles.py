"""The mean squared error in place of reliability.

loses: calibration-visible, calibration-hidden
message: mean squared error of single judgements
"""


# %% calibration
def calibration(confidence, right):
    levels = confidence.unique()
    groups = [confidence == level for level in levels]
    counts = torch.stack([group.sum() for group in groups]).double()
    share = torch.stack([right[group].double().mean() for group in groups])
    n, base = len(right), right.double().mean()
    return ((confidence - right.double()) ** 2).mean(), (counts * (share - base) ** 2).sum() / n, base * (1 - base)
