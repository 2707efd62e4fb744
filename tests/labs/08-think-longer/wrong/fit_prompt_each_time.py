"""The prompt is paid for with each sample.

loses: samples-that-fit-visible, samples-that-fit-hidden
message: the prompt is read once, not for each sample
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return ((reading + writing).cumsum(1) <= budget).sum(1)
