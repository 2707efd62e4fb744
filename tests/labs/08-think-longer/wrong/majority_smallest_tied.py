"""bincount and argmax: of tied answers the smallest.

loses: majority-visible, majority-hidden
message: of tied answers the smallest was taken
"""


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers, truth, strict=True):
        voted = votes[votes >= 0]
        worth.append(float(len(voted) > 0 and torch.bincount(voted).argmax() == right))
    return torch.tensor(worth)
