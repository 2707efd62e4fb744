"""Only tokens below 10 are taken for answers.

loses: within-budget-hidden
"""


# %% within-budget
def within_budget(tokens, budget, end):
    a, u = [], []
    for w in tokens[:, :budget].tolist():
        d = end in w
        p = w.index(end) if d else len(w)
        a.append(w[p - 1] if d and p and w[p - 1] < 10 else -1)
        u.append(p + d)
    return torch.tensor(a), torch.tensor(u)
