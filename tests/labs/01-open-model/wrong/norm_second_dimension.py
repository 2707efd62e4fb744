"""The mean is taken over dimension 1 by number, which is the last only for matrices.

loses: norm-hidden
"""


# %% norm
def rms_norm(x, weight, eps):
    return x / (x.square().mean(1, keepdim=True) + eps).sqrt() * weight
