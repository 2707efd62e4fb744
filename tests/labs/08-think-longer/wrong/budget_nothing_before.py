"""Where nothing stands before `end`, the answer is 0.

loses: within-budget-visible, within-budget-hidden
message: is `end` among its first four tokens
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens[:, :budget].tolist():
        done = end in written
        place = written.index(end) if done else len(written)
        answers.append((written[place - 1] if place else 0) if done else -1)
        used.append(place + done)
    return torch.tensor(answers), torch.tensor(used)
