"""As many drafts as agree and one more: the model's own token is never written.

loses: accept-drafts-visible, accept-drafts-hidden
message: what the model itself puts next stands in
"""


# %% accept-drafts
def accept(drafts, choices):
    agreed = 0
    while agreed < len(drafts) and drafts[agreed] == choices[agreed]:
        agreed += 1
    return drafts[: agreed + 1]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return verify + draft - 1
