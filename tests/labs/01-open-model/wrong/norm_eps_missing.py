"""eps is taken and never used.

loses: norm-visible, norm-hidden
message: eps was left out
"""


# %% norm
def rms_norm(x, weight, eps):
    return x / x.square().mean(-1, keepdim=True).sqrt() * weight
