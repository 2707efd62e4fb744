"""More tries than samples: a division by zero.

loses: pass-at-k-visible, pass-at-k-hidden
message: stopped with ZeroDivisionError
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    return torch.tensor([1 - math.comb(n - count, k) / math.comb(n, k) for count in right.tolist()])
