"""A tie counts as lost.

loses: majority-visible, majority-hidden
message: a tie was counted as lost
"""


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers.tolist(), truth.tolist(), strict=True):
        count = Counter(vote for vote in votes if vote >= 0)
        ours = count.pop(right, 0)
        worth.append(float(ours > max(count.values(), default=0)))
    return torch.tensor(worth)
