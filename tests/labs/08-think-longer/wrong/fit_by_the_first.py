"""As if all samples cost what the first one costs.

loses: samples-that-fit-visible, samples-that-fit-hidden
message: as if all cost what the first one costs
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (budget - reading) // writing[:, 0]
