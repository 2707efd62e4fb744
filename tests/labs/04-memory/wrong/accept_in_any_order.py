"""Drafts that stand anywhere among the choices are accepted.

loses: accept-drafts-hidden
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] in choices:
        agreed += 1
    return choices[: agreed + 1]


def speed_up(acceptance, verify, draft):
    """Tokens per unit of time with one draft a round, plain decoding = 1."""
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    """The acceptance at which `speed_up` is 1."""
    return verify + draft - 1
