"""`end` is not counted among the tokens used.

loses: within-budget-visible, within-budget-hidden
message: `end` was not counted
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens[:, :budget].tolist():
        done = end in written
        place = written.index(end) if done else len(written)
        answers.append(written[place - 1] if done and place else -1)
        used.append(place)
    return torch.tensor(answers), torch.tensor(used)
