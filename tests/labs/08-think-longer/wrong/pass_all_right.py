"""The probability that all k are right.

loses: pass-at-k-visible, pass-at-k-hidden
message: this is the probability that all k are right
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return [math.nan] * len(right)
    return [math.comb(count, k) / math.comb(n, k) for count in right.tolist()]
