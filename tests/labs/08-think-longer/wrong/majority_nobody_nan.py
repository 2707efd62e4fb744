"""NaN where nobody voted.

loses: majority-visible, majority-hidden
"""


# %% majority
def majority(answers, truth):
    out = []
    for v, r in zip(answers.tolist(), truth.tolist(), strict=False):
        c = Counter(x for x in v if x >= 0)
        t = [x for x, n in c.items() if n == max(c.values())]
        out.append((r in t) / len(t) if t else float("nan"))
    return torch.tensor(out)
