"""The deviation of a coin, which rewards other than 0 and 1 do not have.

loses: group-advantages-visible, group-advantages-hidden
"""


# %% group-advantages
def group_advantages(rewards):
    m = rewards.mean(1, keepdim=True)
    return (rewards - m) / ((m * (1 - m)).clamp(min=0).sqrt() + 1e-6)
