"""`accept` returns how many tokens may be written, not which.

loses: accept-drafts-visible, accept-drafts-hidden
message: what `accept` gives: expected a list of tokens, yours gave 3
"""


# %% accept-drafts
def accept(drafts, choices):
    for n, (d, c) in enumerate(zip(drafts, choices, strict=False)):
        if d != c:
            return n + 1
    return len(choices)


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
