"""The end may stand behind the budget.

loses: within-budget-visible within-budget-hidden
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens[:, : budget + 1].tolist():
        done = end in written
        place = written.index(end) if done else len(written)
        answers.append(written[place - 1] if done and place else -1)
        used.append(place + done)
    return torch.tensor(answers), torch.tensor(used)
