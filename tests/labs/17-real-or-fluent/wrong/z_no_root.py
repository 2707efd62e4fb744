"""The root is missing.

loses: z-visible, z-hidden
message: the root is missing
"""


# %% z
def z_score(ids, green, gamma):
    colours = dict(zip(pairwise(ids.tolist()), green.tolist(), strict=True))
    n_pairs, n_green = len(colours), sum(colours.values())
    return (n_green - gamma * n_pairs) / (n_pairs * gamma * (1 - gamma))
