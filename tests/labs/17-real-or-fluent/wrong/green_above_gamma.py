"""Green is above gamma.

loses: green-visible, green-hidden
message: numbers above gamma
"""


# %% green
def green_list(previous, size, key, gamma):
    return lottery(torch.tensor(previous), torch.arange(size), key) >= gamma


def green_tokens(ids, key, gamma):
    return lottery(ids[:-1], ids[1:], key) >= gamma
