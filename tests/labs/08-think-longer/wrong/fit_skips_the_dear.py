"""A sample that does not fit is skipped, and later ones are drawn.

loses: samples-that-fit-visible, samples-that-fit-hidden
message: samples after one that does not fit were drawn
"""


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    counts = []
    for costs in writing.tolist():
        left, count = budget - reading, 0
        for cost in costs:
            if cost <= left:
                left, count = left - cost, count + 1
        counts.append(count)
    return torch.tensor(counts)
