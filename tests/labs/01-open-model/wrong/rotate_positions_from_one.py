"""Positions are counted from 1.

loses: rotate-visible, rotate-hidden
message: positions were counted from 1
"""


# %% rotate
def rotate(x, theta):
    seq, head_dim = x.shape[1:]
    angles = torch.arange(1, seq + 1)[:, None] * theta ** (-torch.arange(0, head_dim, 2) / head_dim)

    a, b = x.chunk(2, -1)
    return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1)
