"""A token is hashed with itself.

loses: green-visible, green-hidden
message: the token was hashed with itself
"""


# %% green
def green_list(previous, size, key, gamma):
    return lottery(torch.tensor(previous), torch.arange(size), key) < gamma


def green_tokens(ids, key, gamma):
    return lottery(ids[1:], ids[1:], key) < gamma
