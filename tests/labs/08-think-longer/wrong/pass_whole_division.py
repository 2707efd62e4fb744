"""Whole-number division: 0 or 1.

loses: pass-at-k-visible pass-at-k-hidden
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))
    all_wrong = [math.comb(n - count, k) // math.comb(n, k) for count in right.tolist()]
    return 1 - torch.tensor(all_wrong)
