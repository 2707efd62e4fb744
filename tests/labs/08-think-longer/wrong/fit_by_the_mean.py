"""As if all samples cost the mean.

loses: samples-that-fit-visible, samples-that-fit-hidden
message: as if all cost the same, their mean
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return ((budget - reading) / writing.float().mean(1)).floor().long()
