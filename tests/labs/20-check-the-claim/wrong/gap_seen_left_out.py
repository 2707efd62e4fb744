"""What was seen is not counted as a pattern.

loses: name-gap-visible, name-gap-hidden
message: the pattern that was seen was left out
"""


# %% name-gap
def name_gap(named, blinded):
    difference = (named - blinded).double()
    signs = torch.tensor(list(itertools.product((1.0, -1.0), repeat=len(difference))), dtype=torch.double)
    means = (signs * difference).mean(1)
    gap = difference.mean()
    return gap, ((means.abs() >= gap.abs() - 1e-9).double().sum() - 1) / (len(means) - 1 or 1)
