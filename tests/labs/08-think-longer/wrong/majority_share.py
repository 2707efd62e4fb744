"""The share of right samples.

loses: majority-visible, majority-hidden
message: this is the share of right samples, not the vote
"""


# %% majority
def majority(answers, truth):
    return (answers == truth[:, None]).float().mean(1)
