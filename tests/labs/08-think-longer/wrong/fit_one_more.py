"""The sample that goes over the budget is counted: off by one the other way.

loses: samples-that-fit-visible, samples-that-fit-hidden
message: a sample that goes over the budget was counted
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (reading + writing.cumsum(1) - writing < budget).sum(1)
