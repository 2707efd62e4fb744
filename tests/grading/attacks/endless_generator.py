"""A generator without end.

others: right
loses: batches-hidden
seconds: 2
"""


# %% batches
def batches(items, size):
    while True:
        yield items
