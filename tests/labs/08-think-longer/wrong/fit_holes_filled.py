"""Samples that fit by themselves, wherever they stand.

loses: samples-that-fit-visible samples-that-fit-hidden
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (reading + writing <= budget).sum(1)
