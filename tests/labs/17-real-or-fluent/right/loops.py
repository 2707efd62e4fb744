"""Loops, lists and counters."""


# %% green
def green_list(previous, size, key, gamma):
    return [bool(lottery(torch.tensor(previous), torch.tensor(token), key) < gamma) for token in range(size)]


def green_tokens(ids, key, gamma):
    return [bool(lottery(ids[at - 1], ids[at], key) < gamma) for at in range(1, len(ids))]


# %% bias
def watermarked(logits, green, delta, temperature):
    weights = torch.exp(logits / temperature)
    weights[green] *= math.exp(delta)
    return weights / weights.sum()


def green_share(plain, delta):
    red = (1 - plain) * math.exp(-delta)
    return plain / (plain + red)


# %% z
def z_score(ids, green, gamma):
    seen, count = set(), 0
    for at in range(len(green)):
        pair = (int(ids[at]), int(ids[at + 1]))
        if pair not in seen:
            seen.add(pair)
            count += int(green[at])
    luck = gamma * len(seen)
    return (count - luck) / (luck * (1 - gamma)) ** 0.5


# %% threshold
def threshold(negatives, rate):
    for score in sorted(negatives.tolist()):
        if sum(other > score for other in negatives.tolist()) <= rate * len(negatives):
            return score


def wilson(wrong, n, z=1.96):
    root = z * math.sqrt(z * z + 4 * wrong * (n - wrong) / n)
    return (2 * wrong + z * z - root) / (2 * (n + z * z)), (2 * wrong + z * z + root) / (2 * (n + z * z))


# %% roc
def roc(scores, machine):
    points = [(0.0, 0.0)]
    for level in sorted(set(scores.tolist()), reverse=True):
        false = sum(s >= level and not m for s, m in zip(scores.tolist(), machine.tolist(), strict=True))
        hit = sum(s >= level and m for s, m in zip(scores.tolist(), machine.tolist(), strict=True))
        points.append((false / int((~machine).sum()), hit / int(machine.sum())))
    return points


def auc(scores, machine):
    points = roc(scores, machine)
    return sum((x - a) * (y + b) / 2 for (a, b), (x, y) in pairwise(points))


# %% school
def accused_innocently(pupils, texts, base, false):
    everything = pupils * texts
    return (everything - everything * base) * false


def right_if_accused(base, hit, false):
    caught = 1000 * base * hit
    return caught / (caught + 1000 * (1 - base) * false)


def ever_accused(texts, false):
    never = 1.0
    for _ in range(texts):
        never = never * (1 - false)
    return 1 - never
