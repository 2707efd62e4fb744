"""The score in which only the chosen status counts.

loses: expected-brier-visible, expected-brier-hidden
message: only the chosen status was looked at
"""


# %% expected-brier
def expected_brier(know, say):
    def mean(c):
        rest = (1 - c) / 4
        return (know) * ((1 - c) ** 2) + (1 - know) * (c**2)

    return mean(say), mean(say) - mean(know)
