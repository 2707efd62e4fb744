"""One number for all problems.

loses: pass-at-k-visible, pass-at-k-hidden
message: one number for all problems
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))
    return torch.tensor([1 - math.comb(n - count, k) / math.comb(n, k) for count in right.tolist()]).mean()
