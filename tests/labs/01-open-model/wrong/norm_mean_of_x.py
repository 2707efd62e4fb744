"""The mean of the numbers, squared, stands where the mean of their squares should.

loses: norm-visible, norm-hidden
message: the mean of the numbers was taken
"""


# %% norm
def rms_norm(x, weight, eps):
    return x / (x.mean(-1, keepdim=True).square() + eps).sqrt() * weight
