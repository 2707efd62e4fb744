"""Counts as whole numbers, colours as 0 and 1, and ends that are kept inside 0 to 1."""


# %% green
def green_list(previous, size, key, gamma):
    return (lottery(torch.tensor([previous]), torch.arange(size), key) < gamma).int()


def green_tokens(ids, key, gamma):
    colours = [green_list(before, token + 1, key, gamma)[-1] for before, token in pairwise(ids.tolist())]
    return torch.stack(colours)


# %% bias
def watermarked(logits, green, delta, temperature):
    logits /= temperature
    logits[green] += delta
    return logits.exp().div(logits.exp().sum()).double()


def green_share(plain, delta):
    odds = plain / (1 - plain) * math.e**delta if plain < 1 else math.inf
    return 1.0 if math.isinf(odds) else odds / (1 + odds)


# %% z
def z_score(ids, green, gamma):
    last = {(a, b): g for a, b, g in zip(ids[:-1].tolist(), ids[1:].tolist(), green.int().tolist(), strict=True)}
    share = torch.tensor(list(last.values()), dtype=torch.float64).mean()
    return (share - gamma) * len(last) ** 0.5 / (gamma - gamma**2) ** 0.5


# %% threshold
def threshold(negatives, rate):
    falling = sorted(negatives.tolist(), reverse=True)
    return min(score for score in falling if falling.index(score) <= rate * len(falling))


def wilson(wrong, n, z=1.96):
    centre = (wrong + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(wrong * (n - wrong) / n + z * z / 4)
    return [max(0.0, centre - half), min(1.0, centre + half)]


# %% roc
def roc(scores, machine):
    order = [*scores.unique().tolist()[::-1]]
    points = [[0, 0]]
    for level in order:
        at = scores == level
        points.append([points[-1][0] + int((at & ~machine).sum()), points[-1][1] + int((at & machine).sum())])
    return [(false / points[-1][0], hit / points[-1][1]) for false, hit in points]


def auc(scores, machine):
    wins = 0
    for ours in scores[machine]:
        wins += 2 * int((scores[~machine] < ours).sum()) + int((scores[~machine] == ours).sum())
    return wins / (2 * int(machine.sum()) * int((~machine).sum()))


# %% school
def accused_innocently(pupils, texts, base, false):
    return sum(texts * (1 - base) * false for _ in range(pupils))


def right_if_accused(base, hit, false):
    return 1 - (1 - base) * false / (base * hit + (1 - base) * false)


def ever_accused(texts, false):
    return 0.0 if texts == 0 else false + (1 - false) * ever_accused(texts - 1, false)
