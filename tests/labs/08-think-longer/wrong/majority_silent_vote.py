"""Samples without an answer vote for -1.

loses: majority-visible, majority-hidden
message: samples without an answer (-1) have voted
"""


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers.tolist(), truth.tolist(), strict=True):
        count = Counter(votes)
        tied = [answer for answer in count if count[answer] == max(count.values())]
        worth.append((right in tied) / len(tied))
    return torch.tensor(worth)
