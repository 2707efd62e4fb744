"""Everybody pays for the whole budget: who is done early does not stop.

loses: within-budget-visible, within-budget-hidden
message: the whole budget for everybody
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers = []
    for written in tokens[:, :budget].tolist():
        place = written.index(end) if end in written else 0
        answers.append(written[place - 1] if place else -1)
    return torch.tensor(answers), torch.full((len(tokens),), min(budget, tokens.shape[1]))
