"""A tie with silence: -1 votes, and is left out of the tied ones only.

loses: majority-visible, majority-hidden
message: samples without an answer (-1) have voted
"""


# %% majority
def majority(answers, truth):
    out = []
    for v, r in zip(answers.tolist(), truth.tolist(), strict=False):
        c = Counter(v)
        best = max(c.values())
        t = [x for x, n in c.items() if n == best]
        if -1 in t:
            t.remove(-1)
        out.append(1 / len(t) if r in t else 0.0)
    return torch.tensor(out)
