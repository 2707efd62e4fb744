"""Whoever is wrong gets 1 + confidence, as if the true status had been given nothing.

loses: brier-visible, brier-hidden
"""


# %% brier
def brier(chosen, confidence, truth):
    right = 1.25 * (1 - confidence) ** 2
    return torch.where(chosen == truth, right, 1 + confidence**2)
