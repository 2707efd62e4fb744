"""Reads the sequence from dimension 1: right for three dimensions only.

loses: rotate-pairs-hidden
"""


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    angles = positions.view(1, -1, 1) * theta ** (-torch.arange(0, x.shape[2], 2) / x.shape[2])
    pairs = torch.view_as_complex(x.view(*x.shape[:2], -1, 2))
    return torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)).flatten(-2).view(x.shape)
