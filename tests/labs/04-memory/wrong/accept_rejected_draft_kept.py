"""The rejected draft itself is written in place of the model's choice.

loses: accept-drafts-visible, accept-drafts-hidden
message: a rejected draft was written
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] == choices[agreed]:
        agreed += 1
    return (drafts + choices[-1:])[: agreed + 1]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
