"""As shares of the budget, which round.

loses: samples-that-fit-hidden
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (reading / budget + (writing / budget).cumsum(1) <= 1).sum(1)
