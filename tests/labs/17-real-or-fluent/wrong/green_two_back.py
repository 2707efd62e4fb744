"""The colour comes from the token two places before.

loses: green-visible, green-hidden
"""


# %% green
def green_list(previous, size, key, gamma):
    return lottery(torch.tensor(previous), torch.arange(size), key) < gamma


def green_tokens(ids, key, gamma):
    return lottery(ids.roll(2)[1:], ids[1:], key) < gamma
