"""The largest of no numbers, where nobody voted.

loses: majority-visible, majority-hidden
message: (called with [[-1, -1, -1, -1, -1, -1]], [4])
"""


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers.tolist(), truth.tolist(), strict=True):
        count = Counter(vote for vote in votes if vote != -1)
        most = max(count.values())
        tied = [answer for answer, times in count.items() if times == most]
        worth.append(1 / len(tied) if right in tied else 0.0)
    return torch.tensor(worth)
