"""Positions beyond a table of 4,096 take its last row.

loses: rotate-pairs-hidden
"""


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    angles = positions.clamp(max=4095)[:, None] * theta ** (-torch.arange(0, rope, 2) / rope)
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos(), angles.sin()
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)
