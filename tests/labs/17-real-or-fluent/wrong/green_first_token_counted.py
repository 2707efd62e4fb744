"""The first token is counted too, though nothing stands before it.

loses: green-visible, green-hidden
message: the first token was counted
"""


# %% green
def green_list(previous, size, key, gamma):
    return lottery(torch.tensor(previous), torch.arange(size), key) < gamma


def green_tokens(ids, key, gamma):
    return torch.cat([torch.tensor([False]), lottery(ids[:-1], ids[1:], key) < gamma])
