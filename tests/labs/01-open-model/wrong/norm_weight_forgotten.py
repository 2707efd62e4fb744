"""The learned weight is not applied.

loses: norm-visible, norm-hidden
message: the weight was left out
"""


# %% norm
def rms_norm(x, weight, eps):
    return x / (x.square().mean(-1, keepdim=True) + eps).sqrt()
