"""More tries than samples: a number is given where none can be known.

loses: pass-at-k-visible, pass-at-k-hidden
message: what four samples cannot tell
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    k = min(k, n)
    return torch.tensor([1 - math.comb(n - count, k) / math.comb(n, k) for count in right.tolist()])
