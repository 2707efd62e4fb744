"""Drafting is taken for free.

loses: accept-drafts-visible, accept-drafts-hidden
message: the cost of drafting is missing
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] == choices[agreed]:
        agreed += 1
    return choices[: agreed + 1]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / verify


def break_even(verify, draft):
    return verify + draft - 1
