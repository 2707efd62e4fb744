"""The model's own next token is thrown away: with no agreed draft nothing is written.

loses: accept-drafts-visible, accept-drafts-hidden
message: the model's own token after the agreed drafts is missing
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] == choices[agreed]:
        agreed += 1
    return choices[:agreed]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
