"""Groups that are all alike give NaN.

loses: group-advantages-visible, group-advantages-hidden
message: alike
"""


# %% group-advantages
def group_advantages(rewards):
    return (rewards - rewards.mean(1, keepdim=True)) / rewards.std(1, correction=0, keepdim=True)
