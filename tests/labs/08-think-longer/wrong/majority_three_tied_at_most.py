"""Of tied answers at most three are counted.

loses: majority-hidden
"""


# %% majority
def majority(answers, truth):
    out = []
    for v, r in zip(answers.tolist(), truth.tolist(), strict=False):
        v = [x for x in v if x >= 0]
        c = Counter(v).most_common()
        t = [x for x, n in c[:3] if n == c[0][1]]
        out.append(1 / len(t) if r in t else 0.0)
    return torch.tensor(out)
