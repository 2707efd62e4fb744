"""Pairs are counted once, but every green one is added up.

loses: z-visible, z-hidden
message: T counts different pairs, but G counts all
"""


# %% z
def z_score(ids, green, gamma):
    n_pairs, n_green = len(set(pairwise(ids.tolist()))), int(green.sum())
    return (n_green - gamma * n_pairs) / math.sqrt(n_pairs * gamma * (1 - gamma))
