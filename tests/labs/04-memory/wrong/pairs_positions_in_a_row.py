"""Only the first position is read, the others are counted on from it.

loses: rotate-pairs-hidden
"""


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    positions = torch.arange(int(positions[0]), int(positions[0]) + len(positions))
    angles = positions[:, None] * theta ** (-torch.arange(0, rope, 2) / rope)
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos(), angles.sin()
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)
