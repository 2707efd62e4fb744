"""A half for every tie, also among three.

loses: majority-visible, majority-hidden
message: every tie was given a half
"""


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers.tolist(), truth.tolist(), strict=True):
        count = Counter(vote for vote in votes if vote >= 0)
        tied = [answer for answer in count if count[answer] == max(count.values())]
        worth.append((1.0 if len(tied) == 1 else 0.5) if right in tied else 0.0)
    return torch.tensor(worth)
