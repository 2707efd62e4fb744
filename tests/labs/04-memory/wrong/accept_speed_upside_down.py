"""Time for a token in place of speed.

loses: accept-drafts-visible, accept-drafts-hidden
message: turn the fraction round
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] == choices[agreed]:
        agreed += 1
    return choices[: agreed + 1]


def speed_up(acceptance, verify, draft):
    return (verify + draft) / (1 + acceptance)


def break_even(verify, draft):
    return verify + draft - 1
