"""The prompt is not paid for.

loses: samples-that-fit-visible, samples-that-fit-hidden
message: the prompt was not paid for
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (writing.cumsum(1) <= budget).sum(1)
