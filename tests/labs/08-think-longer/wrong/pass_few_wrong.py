"""Where fewer than k samples are wrong, no group is all wrong; here that came out as 0 instead of 1.

loses: pass-at-k-visible, pass-at-k-hidden
message: fewer than k wrong samples: the probability is 1 there
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))
    values = []
    for count in right.tolist():
        values.append(1 - math.comb(n - count, k) / math.comb(n, k) if n - count >= k else 0.0)
    return torch.tensor(values)
