"""The share of green is 1 - gamma.

loses: green-visible, green-hidden
message: the share is 1 - gamma
"""


# %% green
def green_list(previous, size, key, gamma):
    return lottery(torch.tensor(previous), torch.arange(size), key) < 1 - gamma


def green_tokens(ids, key, gamma):
    return lottery(ids[:-1], ids[1:], key) < 1 - gamma
