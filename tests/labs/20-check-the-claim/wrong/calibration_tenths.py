"""Groups of whole tenths: 30 % and 35 % fall together. Only other numbers show it.

loses: calibration-hidden
"""


# %% calibration
def calibration(confidence, right):
    levels = ((confidence * 10 + 1e-9).floor() / 10).unique()
    groups = [(confidence * 10 + 1e-9).floor() / 10 == level for level in levels]
    counts = torch.stack([group.sum() for group in groups]).double()
    share = torch.stack([right[group].double().mean() for group in groups])
    n, base = len(right), right.double().mean()
    return (counts * (levels - share) ** 2).sum() / n, (counts * (share - base) ** 2).sum() / n, base * (1 - base)
