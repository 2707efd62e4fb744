"""Different tokens are counted instead of different pairs.

loses: z-visible, z-hidden
message: different tokens were counted
"""


# %% z
def z_score(ids, green, gamma):
    colours = {}
    for token, is_green in zip(ids[1:].tolist(), green.tolist(), strict=True):
        colours.setdefault(token, is_green)
    count = sum(colours.values())
    return (count - gamma * len(colours)) / math.sqrt(len(colours) * gamma * (1 - gamma))
