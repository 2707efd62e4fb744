"""Predecessor and token changed places.

loses: green-visible, green-hidden
message: the candidate stands where
"""


# %% green
def green_list(previous, size, key, gamma):
    return lottery(torch.arange(size), torch.tensor(previous), key) < gamma


def green_tokens(ids, key, gamma):
    return lottery(ids[1:], ids[:-1], key) < gamma
