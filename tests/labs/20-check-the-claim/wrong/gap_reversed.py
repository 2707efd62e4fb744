"""Blinded minus named.

loses: name-gap-visible, name-gap-hidden
message: turn it round
"""


# %% name-gap
def name_gap(named, blinded):
    difference = (blinded - named).double()
    signs = torch.tensor(list(itertools.product((1.0, -1.0), repeat=len(difference))), dtype=torch.double)
    means = (signs * difference).mean(1)
    gap = difference.mean()
    return gap, (means.abs() >= gap.abs() - 1e-9).double().mean()
