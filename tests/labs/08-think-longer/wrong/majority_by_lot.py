"""The lot is drawn, in place of its expected value.

loses: majority-visible, majority-hidden
"""


# %% majority
def majority(answers, truth):
    import random

    out = []
    for v, r in zip(answers.tolist(), truth.tolist(), strict=False):
        c = Counter(x for x in v if x >= 0)
        t = [x for x, n in c.items() if n == max(c.values())]
        out.append(float(t != [] and random.choice(t) == r))
    return torch.tensor(out)
