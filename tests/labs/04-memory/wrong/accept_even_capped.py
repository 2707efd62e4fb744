"""Break-even is cut at 1, which hides that it never pays.

loses: accept-drafts-visible, accept-drafts-hidden
message: nothing is won or lost
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
    return min(1.0, verify + draft - 1)
