"""Only answers above 0 are counted: 0 is taken for no answer.

loses: majority-visible, majority-hidden
message: 0 is an answer
"""


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers.tolist(), truth.tolist(), strict=True):
        count = Counter(vote for vote in votes if vote > 0)
        tied = [answer for answer, times in count.items() if times == max(count.values())]
        worth.append(1 / len(tied) if right in tied else 0.0)
    return torch.tensor(worth)
