"""The chances of right and wrong change places.

loses: expected-brier-visible, expected-brier-hidden
message: the wrong way round
"""


# %% expected-brier
def expected_brier(know, say):
    def mean(c):
        rest = (1 - c) / 4
        return (1 - know) * ((1 - c) ** 2 + 4 * rest**2) + (know) * (c**2 + (1 - rest) ** 2 + 3 * rest**2)

    return mean(say), mean(say) - mean(know)
