"""All choices are written, those after a rejected draft too.

loses: accept-drafts-visible, accept-drafts-hidden
message: all choices were written
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] == choices[agreed]:
        agreed += 1
    return choices


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
