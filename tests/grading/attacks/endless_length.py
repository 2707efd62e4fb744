"""A sequence of 10**18 elements, each of which is the sequence.

others: right
loses: square-visible, square-hidden, batches-hidden
seconds: 2
"""


# %% square
class Long:
    def __len__(self):
        return 10**18

    def __getitem__(self, key):
        return self

    shape = (4, 3)
    dtype = "float32"


def square(x):
    return Long()


# %% batches
def batches(items, size):
    return Long()
