"""Gamma is always a quarter.

loses: z-hidden
"""


# %% z
def z_score(ids, green, gamma):
    colours = dict(zip(pairwise(ids.tolist()), green.tolist(), strict=True))
    n_pairs, n_green = len(colours), sum(colours.values())
    return (n_green - 0.25 * n_pairs) / math.sqrt(n_pairs * 0.25 * 0.75)
