"""Counter.most_common: of tied answers the one that came first.

loses: majority-visible, majority-hidden
message: of tied answers the first was taken
"""


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers.tolist(), truth.tolist(), strict=True):
        best = Counter(vote for vote in votes if vote >= 0).most_common(1)
        worth.append(float(bool(best) and best[0][0] == right))
    return torch.tensor(worth)
