"""The simpler interval.

loses: threshold-visible, threshold-hidden
message: the simpler interval
"""


# %% threshold
def threshold(negatives, rate):
    above = (negatives[None, :] > negatives[:, None]).double().mean(1)
    return negatives[above <= rate + 1e-9].min().item()


def wilson(wrong, n, z=1.96):
    share = wrong / n
    centre = share + z**2 / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    half = z * math.sqrt(share * (1 - share) / n)
    return share - half, share + half
