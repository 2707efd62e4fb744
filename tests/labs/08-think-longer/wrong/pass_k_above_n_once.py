"""More tries than samples: one NaN for all problems, where one for each is asked for.

loses: pass-at-k-visible, pass-at-k-hidden
message: expected a table of two numbers, each of them NaN, yours gave nan
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return float("nan")
    return torch.tensor([1 - math.comb(n - count, k) / math.comb(n, k) for count in right.tolist()])
