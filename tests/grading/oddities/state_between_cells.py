"""Global settings that a learner may change: default type, no gradients for a while, seeds, recursion limit."""

# %% before square
import random
import sys

sys.setrecursionlimit(5000)
random.seed(1)
torch.use_deterministic_algorithms(True)
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
