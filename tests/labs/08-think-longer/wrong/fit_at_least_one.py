"""At least one sample, even where none can be paid for.

loses: samples-that-fit-visible, samples-that-fit-hidden
message: at least one was counted
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (reading + writing.cumsum(1) <= budget).sum(1).clamp(min=1)
