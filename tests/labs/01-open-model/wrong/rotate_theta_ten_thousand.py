"""theta is 10,000, as in the first paper, whatever the model says.

loses: rotate-visible, rotate-hidden
message: `theta` was not used
"""


# %% rotate
def rotate(x, theta):
    seq, head_dim = x.shape[1:]
    angles = torch.arange(seq)[:, None] * 10_000 ** (-torch.arange(0, head_dim, 2) / head_dim)

    a, b = x.chunk(2, -1)
    return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1)
