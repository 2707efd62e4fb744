"""Stops at the first draft that differs, and then writes the last choice, not the one that stands there.

loses: accept-drafts-visible, accept-drafts-hidden
message: the last choice was written after the agreed drafts
message: `choices[number agreed]`
"""


# %% accept-drafts
def accept(drafts, choices):
    written = []
    for draft, choice in zip(drafts, choices, strict=False):
        if draft != choice:
            break
        written.append(draft)
    return [*written, choices[-1]]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
