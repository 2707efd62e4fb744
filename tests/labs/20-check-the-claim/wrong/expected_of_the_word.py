"""What is said is taken for the truth.

loses: expected-brier-visible, expected-brier-hidden
message: taken for what you know
"""


# %% expected-brier
def expected_brier(know, say):
    def mean(c):
        rest = (1 - c) / 4
        return (c) * ((1 - c) ** 2 + 4 * rest**2) + (1 - c) * (c**2 + (1 - rest) ** 2 + 3 * rest**2)

    return mean(say), mean(say) - mean(know)
