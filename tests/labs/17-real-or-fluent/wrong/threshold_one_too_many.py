"""One text too many is accused.

loses: threshold-visible, threshold-hidden
"""


# %% threshold
def threshold(negatives, rate):
    above = (negatives[None, :] > negatives[:, None]).sum(1)
    return negatives[above <= math.floor(rate * len(negatives) + 1e-9) + 1].min().item()


def wilson(wrong, n, z=1.96):
    share = wrong / n
    centre = share + z**2 / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
