"""The break-even is rounded to one digit.

loses: accept-drafts-visible, accept-drafts-hidden
"""


# %% accept-drafts
def accept(drafts, choices):
    n = 0
    while n < len(drafts) and drafts[n] == choices[n]:
        n += 1
    return choices[: n + 1]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return round(verify + draft - 1, 1)
