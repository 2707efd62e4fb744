"""Counts the matches wherever they stand: a later draft survives a rejected one.

loses: accept-drafts-visible, accept-drafts-hidden
message: what is written in five rounds
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    for draft, choice in zip(drafts, choices, strict=False):
        agreed += draft == choice
    return choices[: agreed + 1]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
