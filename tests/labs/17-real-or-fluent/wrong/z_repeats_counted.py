"""Pairs that come back are counted again.

loses: z-visible, z-hidden
message: pairs that come back
"""


# %% z
def z_score(ids, green, gamma):
    return (int(green.sum()) - gamma * len(green)) / math.sqrt(len(green) * gamma * (1 - gamma))
