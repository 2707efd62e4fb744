"""Of groups that are all alike only those of 0 and of 1 are put aside.

loses: group-advantages-hidden
"""


# %% group-advantages
def group_advantages(rewards):
    mean = rewards.mean(1, keepdim=True)
    deviation = rewards.std(1, correction=0, keepdim=True)
    return torch.where((mean == 0) | (mean == 1), 0.0, (rewards - mean) / deviation)
