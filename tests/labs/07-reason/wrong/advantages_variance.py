"""Divided by the variance.

loses: group-advantages-visible, group-advantages-hidden
message: variance
"""


# %% group-advantages
def group_advantages(rewards):
    return (rewards - rewards.mean(1, keepdim=True)) / (rewards.var(1, correction=0, keepdim=True) + 1e-6)
