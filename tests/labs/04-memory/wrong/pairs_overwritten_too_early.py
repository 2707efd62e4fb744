"""The first number of a pair is overwritten before the second is computed from it.

loses: rotate-pairs-visible, rotate-pairs-hidden
"""


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, rope, 2) / rope)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    x[..., 0::2] = a * cos - b * sin
    x[..., 1::2] = b * cos + a * sin
    return x
