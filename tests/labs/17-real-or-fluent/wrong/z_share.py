"""The green share is returned.

loses: z-visible, z-hidden
message: this is the green share
"""


# %% z
def z_score(ids, green, gamma):
    colours = dict(zip(pairwise(ids.tolist()), green.tolist(), strict=True))
    n_pairs, n_green = len(colours), sum(colours.values())
    return n_green / n_pairs
