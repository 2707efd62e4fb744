"""No baseline: divided only.

loses: group-advantages-visible, group-advantages-hidden
message: the mean was not taken away
"""


# %% group-advantages
def group_advantages(rewards):
    return rewards / (rewards.std(1, correction=0, keepdim=True) + 1e-6)
