"""The visible check's `end` is taken for every one.

loses: within-budget-hidden
"""


# %% within-budget
def within_budget(tokens, budget, end):
    end = 11
    a, u = [], []
    for w in tokens[:, :budget].tolist():
        d = end in w
        p = w.index(end) if d else len(w)
        a.append(w[p - 1] if d and p else -1)
        u.append(p + d)
    return torch.tensor(a), torch.tensor(u)
