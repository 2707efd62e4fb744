"""The middle reward is the baseline.

loses: group-advantages-visible group-advantages-hidden
"""


# %% group-advantages
def group_advantages(rewards):
    centred = rewards - rewards.quantile(0.5, dim=1, keepdim=True)
    return centred / (rewards.std(1, correction=0, keepdim=True) + 1e-6)
