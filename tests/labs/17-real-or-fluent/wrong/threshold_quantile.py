"""An interpolated quantile, which is no measured score.

loses: threshold-visible, threshold-hidden
message: a quantile between
"""


# %% threshold
def threshold(negatives, rate):
    return torch.quantile(negatives, 1 - rate).item()


def wilson(wrong, n, z=1.96):
    share = wrong / n
    centre = share + z**2 / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
