"""Colours are drawn anew at each call, from no hash at all.

loses: green-visible, green-hidden
"""


# %% green
def green_list(previous, size, key, gamma):
    return torch.rand(size) < gamma


def green_tokens(ids, key, gamma):
    return lottery(ids[:-1], ids[1:], key) < gamma
