"""Binomials as floats: they overflow for large n.

loses: pass-at-k-visible, pass-at-k-hidden
message: numbers with hundreds of digits do not fit a float
"""


# %% pass-at-k
def _choose(a, b):
    value = torch.ones((), dtype=torch.float64)
    for step in range(b):
        value = value * max(a - step, 0) / (step + 1)
    return value


def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))
    return torch.stack([1 - _choose(n - count, k) / _choose(n, k) for count in right.tolist()])
