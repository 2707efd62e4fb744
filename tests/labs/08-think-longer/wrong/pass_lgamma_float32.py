"""Logarithms of factorials in float32: right for small n, off by a hundredth and more for large.

loses: pass-at-k-visible, pass-at-k-hidden
message: numbers with hundreds of digits do not fit a float
"""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return torch.full((len(right),), float("nan"))

    def log_choose(a, b):
        return torch.lgamma(a + 1) - torch.lgamma(b + 1) - torch.lgamma(a - b + 1)

    wrong = (n - right).float()
    n, k = torch.tensor(float(n)), torch.tensor(float(k))
    all_wrong = (log_choose(wrong.clamp(min=k.item()), k) - log_choose(n, k)).exp()
    return torch.where(wrong < k, 1.0, 1 - all_wrong)
