"""None in place of NaN for k above n.

loses: pass-at-k-visible, pass-at-k-hidden
message: expected a table of two numbers, each of them NaN
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return [None for _ in right]
    return torch.tensor([1 - math.comb(n - c, k) / math.comb(n, k) for c in right.tolist()])
