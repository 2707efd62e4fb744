"""Advantages are held between -1 and 1.

loses: group-advantages-visible group-advantages-hidden
"""


# %% group-advantages
def group_advantages(rewards):
    centred = rewards - rewards.mean(1, keepdim=True)
    return (centred / (rewards.std(1, correction=0, keepdim=True) + 1e-6)).clamp(-1, 1)
