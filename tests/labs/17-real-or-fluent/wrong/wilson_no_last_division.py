"""The last division is missing.

loses: threshold-visible, threshold-hidden
message: the last division
"""


# %% threshold
def threshold(negatives, rate):
    above = (negatives[None, :] > negatives[:, None]).double().mean(1)
    return negatives[above <= rate + 1e-9].min().item()


def wilson(wrong, n, z=1.96):
    share = wrong / n
    centre = share + z**2 / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return centre - half, centre + half
