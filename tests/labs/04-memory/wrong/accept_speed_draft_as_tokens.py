"""The cost of drafting is taken away from the tokens.

loses: accept-drafts-visible, accept-drafts-hidden
"""


# %% accept-drafts
def accept(drafts, choices):
    n = 0
    while n < len(drafts) and drafts[n] == choices[n]:
        n += 1
    return choices[: n + 1]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance - draft) / verify


def break_even(verify, draft):
    return verify + draft - 1
