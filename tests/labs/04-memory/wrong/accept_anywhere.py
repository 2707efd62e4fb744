"""A draft is accepted where it stands anywhere among the choices.

loses: accept-drafts-hidden
"""


# %% accept-drafts
def accept(drafts, choices):
    out = []
    for d, c in zip(drafts, choices, strict=False):
        out.append(c)
        if d not in choices:
            return out
    return out + choices[len(drafts) :]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
