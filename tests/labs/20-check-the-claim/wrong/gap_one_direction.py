"""Only patterns that favour the name.

loses: name-gap-visible, name-gap-hidden
message: only one direction
"""


# %% name-gap
def name_gap(named, blinded):
    difference = (named - blinded).double()
    signs = torch.tensor(list(itertools.product((1.0, -1.0), repeat=len(difference))), dtype=torch.double)
    means = (signs * difference).mean(1)
    gap = difference.mean()
    return gap, (means >= gap - 1e-9).double().mean()
