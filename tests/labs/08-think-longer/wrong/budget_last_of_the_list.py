"""An `end` at the very start: Python's place -1 is the last of the list.

loses: within-budget-visible, within-budget-hidden
message: nothing stands before `end` in the last sample
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens[:, :budget].tolist():
        if end in written:
            answers.append(written[written.index(end) - 1])
            used.append(written.index(end) + 1)
        else:
            answers.append(-1)
            used.append(len(written))
    return torch.tensor(answers), torch.tensor(used)
