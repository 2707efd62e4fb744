"""The exponent has the wrong sign, so that later pairs turn faster.

loses: rotate-visible, rotate-hidden
message: the exponent has the wrong sign
"""


# %% rotate
def rotate(x, theta):
    seq, head_dim = x.shape[1:]
    angles = torch.arange(seq)[:, None] * theta ** (torch.arange(0, head_dim, 2) / head_dim)

    a, b = x.chunk(2, -1)
    return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1)
