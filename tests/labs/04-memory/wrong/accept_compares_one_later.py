"""Drafts are compared with the choice one place on.

loses: accept-drafts-visible, accept-drafts-hidden
message: what is written in five rounds
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] == choices[agreed + 1]:
        agreed += 1
    return choices[: agreed + 1]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
