"""Goes on behind a rejected draft.

loses: accept-drafts-visible, accept-drafts-hidden
message: a later draft was kept
"""


# %% accept-drafts
def accept(drafts, choices):
    return [draft for draft, choice in zip(drafts, choices, strict=False) if draft == choice] + choices[-1:]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
