"""Exact binomials made floats one by one: Python refuses those that are too large.

loses: pass-at-k-visible, pass-at-k-hidden
message: stopped with OverflowError
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))
    return torch.tensor([1 - float(math.comb(n - c, k)) / float(math.comb(n, k)) for c in right.tolist()])
