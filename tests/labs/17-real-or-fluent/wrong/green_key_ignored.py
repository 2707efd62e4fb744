"""The key is ignored: everybody has the same colours.

loses: green-hidden
"""


# %% green
def green_list(previous, size, key, gamma):
    return lottery(torch.tensor(previous), torch.arange(size), 17) < gamma


def green_tokens(ids, key, gamma):
    return lottery(ids[:-1], ids[1:], 17) < gamma
