"""k times the share of right samples, cut at 1.

loses: pass-at-k-visible, pass-at-k-hidden
message: groups with two right ones were counted twice
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return [math.nan] * len(right)
    return (k * right / n).clamp(max=1)
