"""Differences in both directions add up.

loses: name-gap-visible, name-gap-hidden
message: without their signs
"""


# %% name-gap
def name_gap(named, blinded):
    difference = (named - blinded).double().abs()
    signs = torch.tensor(list(itertools.product((1.0, -1.0), repeat=len(difference))), dtype=torch.double)
    means = (signs * difference).mean(1)
    gap = difference.mean()
    return gap, (means.abs() >= gap.abs() - 1e-9).double().mean()
