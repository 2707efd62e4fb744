"""Drawn groups: near, and never the same twice.

loses: pass-at-k-visible, pass-at-k-hidden
message: pass@3 of five problems
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))
    drawn = torch.rand(200, n).argsort(1)[:, :k]
    return torch.stack([(drawn < count).any(1).float().mean() for count in right])
