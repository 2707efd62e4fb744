"""The last `end` in the row is taken.

loses: within-budget-visible, within-budget-hidden
message: the last `end` was looked for
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens[:, :budget].tolist():
        if end in written:
            place = len(written) - 1 - written[::-1].index(end)
            answers.append(written[place - 1])
            used.append(place + 1)
        else:
            answers.append(-1)
            used.append(len(written))
    return torch.tensor(answers), torch.tensor(used)
