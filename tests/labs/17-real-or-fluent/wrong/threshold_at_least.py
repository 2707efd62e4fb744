"""Texts at the threshold count as accused.

loses: threshold-visible, threshold-hidden
message: a text at the threshold counts
"""


# %% threshold
def threshold(negatives, rate):
    above = (negatives[None, :] >= negatives[:, None]).double().mean(1)
    good = negatives[above <= rate + 1e-9]
    return good.min().item() if len(good) else negatives.max().item()


def wilson(wrong, n, z=1.96):
    share = wrong / n
    centre = share + z**2 / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
