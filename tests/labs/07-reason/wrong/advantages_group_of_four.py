"""The visible check's number of answers is taken for every group's.

loses: group-advantages-hidden
"""


# %% group-advantages
def group_advantages(rewards):
    r = rewards.view(-1, 4)
    return (r - r.mean(1, keepdim=True)) / (r.std(1, correction=0, keepdim=True) + 1e-6)
