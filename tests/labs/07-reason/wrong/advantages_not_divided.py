"""Not divided by the deviation.

loses: group-advantages-visible, group-advantages-hidden
message: not divided
"""


# %% group-advantages
def group_advantages(rewards):
    return rewards - rewards.mean(1, keepdim=True)
