"""Who was cut off answers with the last token written.

loses: within-budget-visible, within-budget-hidden
message: a sample that was cut off has no answer
"""


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for written in tokens[:, :budget].tolist():
        done = end in written
        place = written.index(end) if done else len(written)
        answers.append(written[place - 1] if place else -1)
        used.append(place + done)
    return torch.tensor(answers), torch.tensor(used)
