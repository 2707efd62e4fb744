"""Global settings that a learner may change: seeds, threads, recursion limit, no gradients for a while."""

# %% before square
import random
import sys

sys.setrecursionlimit(5000)
random.seed(1)
torch.set_num_threads(1)
with torch.no_grad():
    total = torch.ones(2).sum()


# %% gate
def gate(x, weight):
    with torch.no_grad():
        largest = (x @ weight).amax(-1, keepdim=True)
    scores = (x @ weight - largest).exp()
    return scores / scores.sum(-1, keepdim=True)


# %% batches
class Iterate:
    def __init__(self, items, size):
        self.items, self.size = items, size

    def __iter__(self):
        return self

    def __next__(self):
        if not self.items:
            raise StopIteration
        now, self.items = self.items[: self.size], self.items[self.size :]
        return now


batches = Iterate
