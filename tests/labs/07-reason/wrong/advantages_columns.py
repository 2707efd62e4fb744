"""Compared within columns.

loses: group-advantages-visible, group-advantages-hidden
message: columns
"""


# %% group-advantages
def group_advantages(rewards):
    return (rewards - rewards.mean(0)) / (rewards.std(0, correction=0) + 1e-6)
