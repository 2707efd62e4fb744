"""Who never ends has used the whole budget, even where there are fewer columns.

loses: within-budget-visible, within-budget-hidden
message: nobody wrote nine tokens: the table has four columns
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens[:, :budget].tolist():
        done = end in written
        place = written.index(end) if done else len(written)
        answers.append(written[place - 1] if done and place else -1)
        used.append(place + 1 if done else budget)
    return torch.tensor(answers), torch.tensor(used)
