"""The deviation divides by one less than the number of answers.

loses: group-advantages-visible, group-advantages-hidden
message: one less
"""


# %% group-advantages
def group_advantages(rewards):
    return (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + 1e-6)
