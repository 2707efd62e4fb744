"""torch.mode takes the smallest of those that tie, and silence votes.

loses: majority-visible majority-hidden
"""


# %% majority
def majority(answers, truth):
    return (answers.mode(1).values == truth).float()
