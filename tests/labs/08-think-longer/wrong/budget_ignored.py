"""The budget is not looked at.

loses: within-budget-visible, within-budget-hidden
message: the budget was not looked at
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens.tolist():
        done = end in written
        place = written.index(end) if done else len(written)
        answers.append(written[place - 1] if done and place else -1)
        used.append(place + done)
    return torch.tensor(answers), torch.tensor(used)
