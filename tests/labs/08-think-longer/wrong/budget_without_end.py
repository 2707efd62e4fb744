"""`end` is not one of the budget's tokens: off by one.

loses: within-budget-visible, within-budget-hidden
message: `end` was not counted: it is one of the budget's tokens
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens[:, : budget + 1].tolist():
        done = end in written
        place = written.index(end) if done else min(len(written), budget)
        answers.append(written[place - 1] if done and place else -1)
        used.append(min(place + done, budget))
    return torch.tensor(answers), torch.tensor(used)
