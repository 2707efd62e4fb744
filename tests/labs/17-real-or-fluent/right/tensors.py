"""Tensor operations from end to end; the mark as a lower logit for red ones, which is the same."""


# %% green
def green_list(previous, size, key, gamma):
    return lottery(torch.full((size,), previous), torch.arange(size), key).lt(gamma)


def green_tokens(ids, key, gamma):
    before, after = ids.unfold(0, 2, 1).unbind(1)
    return lottery(before, after, key).lt(gamma)


# %% bias
def watermarked(logits, green, delta, temperature):
    return torch.softmax(logits / temperature - delta * (~green), dim=0)


def green_share(plain, delta):
    return float(1 / (1 + torch.tensor((1 - plain) / plain) * math.exp(-delta))) if plain else 0.0


# %% z
def z_score(ids, green, gamma):
    pairs = torch.cat([ids.unfold(0, 2, 1), green[:, None].long()], dim=1).unique(dim=0)
    return (pairs[:, 2].double() - gamma).sum() / math.sqrt(len(pairs) * gamma * (1 - gamma))


# %% threshold
def threshold(negatives, rate):
    allowed = math.floor(rate * len(negatives) + 1e-9)
    return negatives.sort(descending=True).values[min(allowed, len(negatives) - 1)]


def wilson(wrong, n, z=1.96):
    share, extra = torch.tensor(wrong / n, dtype=torch.float64), z * z / n
    half = torch.sqrt(extra * share * (1 - share) + extra * extra / 4)
    return tuple((torch.stack([share + extra / 2 - half, share + extra / 2 + half]) / (1 + extra)).tolist())


# %% roc
def roc(scores, machine):
    levels = torch.cat([scores.unique(), torch.tensor([math.inf])]).flip(0)
    accused = scores >= levels[:, None]
    return torch.stack([accused[:, ~machine].double().mean(1), accused[:, machine].double().mean(1)], dim=1)


def auc(scores, machine):
    ahead = torch.sign(scores[machine][:, None] - scores[~machine]).double()
    return (ahead.mean() + 1) / 2


# %% school
def accused_innocently(pupils, texts, base, false):
    return pupils * texts * false - pupils * texts * base * false


def right_if_accused(base, hit, false):
    accused = torch.tensor([base * hit, (1 - base) * false], dtype=torch.float64)
    return accused[0] / accused.sum()


def ever_accused(texts, false):
    return -math.expm1(texts * math.log1p(-false))
