"""Green pairs are counted once, but T counts every pair.

loses: z-visible, z-hidden
message: G counts different pairs, but T counts all
"""


# %% z
def z_score(ids, green, gamma):
    colours = dict(zip(pairwise(ids.tolist()), green.tolist(), strict=True))
    n_pairs, n_green = len(green), sum(colours.values())
    return (n_green - gamma * n_pairs) / math.sqrt(n_pairs * gamma * (1 - gamma))
