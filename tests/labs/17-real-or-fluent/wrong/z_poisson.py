"""The spread is that of rare events: 1 - gamma is missing.

loses: z-visible, z-hidden
message: the factor 1 - gamma
"""


# %% z
def z_score(ids, green, gamma):
    colours = dict(zip(pairwise(ids.tolist()), green.tolist(), strict=True))
    n_pairs, n_green = len(colours), sum(colours.values())
    return (n_green - gamma * n_pairs) / math.sqrt(n_pairs * gamma)
