"""A tenth added to the deviation.

loses: group-advantages-visible, group-advantages-hidden
"""


# %% group-advantages
def group_advantages(rewards):
    return (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, correction=0, keepdim=True) + 0.1)
