"""At most one draft is looked at.

loses: accept-drafts-visible, accept-drafts-hidden
message: what is written in five rounds
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < min(1, len(drafts)) and drafts[agreed] == choices[agreed]:
        agreed += 1
    return choices[: agreed + 1]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
