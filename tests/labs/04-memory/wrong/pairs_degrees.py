"""Angles are turned to radians, which they are already.

loses: rotate-pairs-visible rotate-pairs-hidden
"""


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, rope, 2) / rope)
    a, b = x[..., 0::2], x[..., 1::2]
    angles = angles.deg2rad()
    cos, sin = angles.cos(), angles.sin()
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)
