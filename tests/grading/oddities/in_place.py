"""Works in place on what it is given or on copies of it."""


# %% square
def square(x):
    if not hasattr(x, "shape"):
        x *= x
        return x
    y = x.clone()
    y.mul_(x)
    x.zero_()
    return y


# %% gate
def gate(x, weight):
    scores = x @ weight
    scores -= scores.max(dim=-1, keepdim=True).values.detach()
    scores = scores.exp_()
    total = scores.sum(-1, keepdim=True)
    total += 0
    return scores / total


# %% batches
def batches(items, size):
    while items:
        yield [items.pop(0) for _ in range(min(size, len(items)))]
