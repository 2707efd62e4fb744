"""Angles in bfloat16, as the model around them.

loses: rotate-pairs-visible rotate-pairs-hidden
"""


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    angles = (positions[:, None] * theta ** (-torch.arange(0, rope, 2) / rope)).bfloat16().float()
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos(), angles.sin()
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)
