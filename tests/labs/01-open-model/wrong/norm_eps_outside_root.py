"""eps is added after the root.

loses: norm-visible, norm-hidden
message: eps was added after the root
"""


# %% norm
def rms_norm(x, weight, eps):
    return x / (x.square().mean(-1, keepdim=True).sqrt() + eps) * weight
