"""Helpers in part 3 with the names that the next parts or the checks might use."""


# %% rotate-pairs
def rotate(a, b, angle):
    return a * angle.cos() - b * angle.sin()


def turn(a, b, angle):
    return rotate(a, b, angle), rotate(b, -a, angle)


def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, rope, 2) / rope)
    return torch.stack(turn(x[..., 0::2], x[..., 1::2], angles), dim=-1).flatten(-2)
