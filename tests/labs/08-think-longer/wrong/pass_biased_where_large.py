"""The biased formula where n is large.

loses: pass-at-k-visible, pass-at-k-hidden
message: as if a sample could be taken twice
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))
    if n > 500:
        return 1 - (1 - right / n) ** k
    return torch.tensor([1 - math.comb(n - c, k) / math.comb(n, k) for c in right.tolist()])
