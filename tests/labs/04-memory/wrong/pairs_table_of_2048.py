"""All angles are computed beforehand, as many codes do, but for 2,048 positions only.

loses: rotate-pairs-hidden
"""


# %% rotate-pairs
def table(theta, rope, longest=2048):
    angles = torch.outer(torch.arange(longest), theta ** (-torch.arange(0, rope, 2) / rope))
    return angles.cos(), angles.sin()


def rotate_pairs(x, positions, theta):
    cos, sin = (one[positions] for one in table(theta, x.shape[-1]))
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)
