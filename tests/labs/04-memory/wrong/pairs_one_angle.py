"""All pairs turn by the same angle.

loses: rotate-pairs-visible, rotate-pairs-hidden
message: all pairs turn by the same angle
"""


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    angles = positions[:, None] * torch.ones(rope // 2)
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos(), angles.sin()
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)
