"""`accept` prints and returns nothing.

loses: accept-drafts-visible, accept-drafts-hidden
message: what `accept` gives: expected a list of tokens, yours gave None
"""


# %% accept-drafts
def accept(drafts, choices):
    print(choices[:1])


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
