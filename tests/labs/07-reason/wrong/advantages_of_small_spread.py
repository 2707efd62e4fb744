"""A group whose rewards are nearly alike counts as alike.

loses: group-advantages-hidden
"""


# %% group-advantages
def group_advantages(rewards):
    centred = rewards - rewards.mean(1, keepdim=True)
    spread = rewards.std(1, correction=0, keepdim=True)
    return torch.where(spread > 0.1, centred / (spread + 1e-6), 0.0)
