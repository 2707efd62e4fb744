"""The score if right is not weighed.

loses: expected-brier-visible, expected-brier-hidden
message: not taken times its probability
"""


# %% expected-brier
def expected_brier(know, say):
    def mean(c):
        rest = (1 - c) / 4
        return (1) * ((1 - c) ** 2 + 4 * rest**2) + (1 - know) * (c**2 + (1 - rest) ** 2 + 3 * rest**2)

    return mean(say), mean(say) - mean(know)
