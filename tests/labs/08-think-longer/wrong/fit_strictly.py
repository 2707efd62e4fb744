"""The budget may not be spent to the last: off by one.

loses: samples-that-fit-visible, samples-that-fit-hidden
message: the budget may be spent to the last FLOP
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (reading + writing.cumsum(1) < budget).sum(1)
