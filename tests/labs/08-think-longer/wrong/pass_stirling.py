"""Stirling's formula for the factorials, which is no good for small ones.

loses: pass-at-k-visible, pass-at-k-hidden
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))

    def lf(x):
        return 0 if x < 2 else x * math.log(x) - x + 0.5 * math.log(2 * math.pi * x)

    out = []
    for c in right.tolist():
        out.append(1.0 if n - c < k else 1 - math.exp(lf(n - c) - lf(n - c - k) - lf(n) + lf(n - k)))
    return torch.tensor(out)
