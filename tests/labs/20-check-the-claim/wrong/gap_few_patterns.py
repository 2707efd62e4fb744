"""Sixteen patterns whatever the number of claims. Only other numbers show it.

loses: name-gap-hidden
"""


# %% name-gap
def name_gap(named, blinded):
    difference = (named - blinded).double()
    signs = torch.tensor(list(itertools.product((1.0, -1.0), repeat=len(difference))), dtype=torch.double)
    means = (signs * difference).mean(1)
    gap = difference.mean()
    return gap, (means[:16].abs() >= gap.abs() - 1e-9).double().mean()
