"""The share of right samples taken for each try: as if a sample could be drawn twice. Too low.

loses: pass-at-k-visible, pass-at-k-hidden
message: as if a sample could be taken twice
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))
    return 1 - (1 - right / n) ** k
