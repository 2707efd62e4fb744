"""Floats of seven digits for numbers of thirteen.

loses: samples-that-fit-hidden
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (reading + writing.float().cumsum(1) <= budget).sum(1)
