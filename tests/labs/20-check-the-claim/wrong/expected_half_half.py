"""Right and wrong as a coin.

loses: expected-brier-visible, expected-brier-hidden
message: as if each came half of the time
"""


# %% expected-brier
def expected_brier(know, say):
    def mean(c):
        rest = (1 - c) / 4
        return (0.5) * ((1 - c) ** 2 + 4 * rest**2) + (0.5) * (c**2 + (1 - rest) ** 2 + 3 * rest**2)

    return mean(say), mean(say) - mean(know)
