"""Break-even where acceptance equals the whole cost.

loses: accept-drafts-visible, accept-drafts-hidden
message: a itself is one less
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] == choices[agreed]:
        agreed += 1
    return choices[: agreed + 1]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft
