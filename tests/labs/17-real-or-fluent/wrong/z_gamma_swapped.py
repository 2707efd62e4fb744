"""Gamma and 1 - gamma changed places.

loses: z-visible, z-hidden
message: gamma and 1 - gamma
"""


# %% z
def z_score(ids, green, gamma):
    colours = dict(zip(pairwise(ids.tolist()), green.tolist(), strict=True))
    n_pairs, n_green = len(colours), sum(colours.values())
    return (n_green - (1 - gamma) * n_pairs) / math.sqrt(n_pairs * gamma * (1 - gamma))
