"""Ten places for the votes: larger answers stop it.

loses: majority-hidden
"""


# %% majority
def majority(answers, truth):
    polls = (answers[..., None] == torch.arange(10)).sum(1)
    tied = (polls == polls.max(1, keepdim=True).values) & (polls > 0)
    return tied.gather(1, truth[:, None])[:, 0] / tied.sum(1).clamp(min=1)
