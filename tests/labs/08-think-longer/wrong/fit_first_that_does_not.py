"""`argmin` finds the first that does not fit, and 0 where all do.

loses: samples-that-fit-visible, samples-that-fit-hidden
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (writing.cumsum(1) <= budget - reading).float().argmin(1)
