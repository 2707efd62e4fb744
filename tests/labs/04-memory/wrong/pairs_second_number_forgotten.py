"""The second number of each pair is taken for 0, which it is in the visible check.

loses: rotate-pairs-hidden
"""


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, rope, 2) / rope)
    a = x[..., 0::2]
    cos, sin = angles.cos(), angles.sin()
    return torch.stack([a * cos, a * sin], dim=-1).flatten(-2)
