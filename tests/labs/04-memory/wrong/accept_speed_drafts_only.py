"""Only accepted drafts are counted as tokens.

loses: accept-drafts-visible, accept-drafts-hidden
message: a round writes 1 + a tokens
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] == choices[agreed]:
        agreed += 1
    return choices[: agreed + 1]


def speed_up(acceptance, verify, draft):
    return acceptance / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
