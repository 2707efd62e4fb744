"""Where nobody votes, the vote counts as won.

loses: majority-visible, majority-hidden
message: what eight votes are worth
"""


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers.tolist(), truth.tolist(), strict=True):
        polls = {answer: votes.count(answer) for answer in {*votes, right} - {-1}}
        tied = [answer for answer in polls if polls[answer] == max(polls.values())]
        worth.append((right in tied) / len(tied))
    return torch.tensor(worth)
