"""The sign is turned round.

loses: z-visible, z-hidden
message: the sign is turned round
"""


# %% z
def z_score(ids, green, gamma):
    colours = dict(zip(pairwise(ids.tolist()), green.tolist(), strict=True))
    n_pairs, n_green = len(colours), sum(colours.values())
    return (gamma * n_pairs - n_green) / math.sqrt(n_pairs * gamma * (1 - gamma))
