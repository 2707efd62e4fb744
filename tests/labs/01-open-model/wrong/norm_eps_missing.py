"""eps is taken and never used.

loses: norm-visible, norm-hidden
message: eps was left out
"""
# ruff: noqa: F821


# %% norm
def rms_norm(x, weight, eps):
    return x / x.square().mean(-1, keepdim=True).sqrt() * weight
