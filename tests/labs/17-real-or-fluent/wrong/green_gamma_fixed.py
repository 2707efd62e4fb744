"""Gamma is always a quarter.

loses: green-hidden
"""


# %% green
def green_list(previous, size, key, gamma):
    return lottery(torch.tensor(previous), torch.arange(size), key) < 0.25


def green_tokens(ids, key, gamma):
    return lottery(ids[:-1], ids[1:], key) < 0.25
