"""The right pairs are turned, and the results stand side by side in place of going back to the two halves.

loses: rotate-visible, rotate-hidden
message: the results were interleaved
"""


# %% rotate
def rotate(x, theta):
    seq, head_dim = x.shape[1:]
    angles = torch.arange(seq)[:, None] * theta ** (-torch.arange(0, head_dim, 2) / head_dim)

    a, b = x.chunk(2, -1)
    turned = torch.stack([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1)
    return turned.flatten(-2)
