"""The cheapest first: more samples, and the short answers are chosen.

loses: samples-that-fit-visible, samples-that-fit-hidden
message: the cheapest first would choose the short answers
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return (reading + writing.sort(1).values.cumsum(1) <= budget).sum(1)
