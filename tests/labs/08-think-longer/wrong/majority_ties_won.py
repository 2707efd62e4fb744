"""A tie counts as won: majority@2 becomes pass@2.

loses: majority-visible, majority-hidden
message: a tie was counted as won
"""


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers.tolist(), truth.tolist(), strict=True):
        count = Counter(vote for vote in votes if vote >= 0)
        worth.append(float(count[right] > 0 and count[right] == max(count.values())))
    return torch.tensor(worth)
