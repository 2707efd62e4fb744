"""`end` must stand before the budget's last token: off by one the other way.

loses: within-budget-visible, within-budget-hidden
message: one token too few
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens[:, :budget].tolist():
        place = written.index(end) if end in written else len(written)
        done = place < budget - 1
        answers.append(written[place - 1] if done and place else -1)
        used.append(place + 1 if end in written else len(written))
    return torch.tensor(answers), torch.tensor(used)
