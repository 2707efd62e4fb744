"""The mean is the group's, the deviation the batch's.

loses: group-advantages-visible, group-advantages-hidden
message: divided by the deviation of the whole batch
"""


# %% group-advantages
def group_advantages(rewards):
    return (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(correction=0) + 1e-6)
