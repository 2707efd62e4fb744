"""Neighbours are taken as pairs, as GPT-J does, where Llama pairs the two halves (transformers#39687).

loses: rotate-visible, rotate-hidden
message: neighbours were taken as pairs
"""


# %% rotate
def rotate(x, theta):
    seq, head_dim = x.shape[1:]
    angles = torch.arange(seq)[:, None] * theta ** (-torch.arange(0, head_dim, 2) / head_dim)

    a, b = x[..., 0::2], x[..., 1::2]
    turned = torch.stack([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1)
    return turned.flatten(-2)
