"""More than half of the votes, where the most votes are enough.

loses: majority-visible, majority-hidden
message: only more than half of the votes was taken as won
"""


# %% majority
def majority(answers, truth):
    voted = (answers >= 0).sum(1)
    return ((answers == truth[:, None]).sum(1) * 2 > voted).float()
