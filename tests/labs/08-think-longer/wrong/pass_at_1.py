"""k is not looked at.

loses: pass-at-k-visible, pass-at-k-hidden
message: this is pass@1
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return [math.nan] * len(right)
    return right / n
