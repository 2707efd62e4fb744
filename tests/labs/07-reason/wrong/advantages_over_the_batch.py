"""Mean and deviation of the whole batch, not of the group.

loses: group-advantages-visible, group-advantages-hidden
message: the whole batch
"""


# %% group-advantages
def group_advantages(rewards):
    return (rewards - rewards.mean()) / (rewards.std(correction=0) + 1e-6)
