"""Compared with the mean of the others.

loses: group-advantages-visible, group-advantages-hidden
"""


# %% group-advantages
def group_advantages(rewards):
    g = rewards.shape[1]
    base = (rewards.sum(1, keepdim=True) - rewards) / (g - 1)
    return (rewards - base) / (rewards.std(1, correction=0, keepdim=True) + 1e-6)
