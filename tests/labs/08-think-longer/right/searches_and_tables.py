"""Fractions, tables of votes, searches in sorted sums, loops over places, negative indices with care."""


# %% pass-at-k
def pass_at_k(right, n, k):
    if n < k:
        return [float("nan")] * len(right)
    return [float(1 - Fraction(math.comb(n - int(c), k), math.comb(n, k))) for c in right]


# %% majority
def majority(answers, truth):
    same = (answers[:, :, None] == answers[:, None]) & (answers >= 0)[:, :, None]
    votes = same.sum(2)
    most = votes.amax(1, keepdim=True)
    top = (votes == most) & (most > 0)
    kinds = (top / votes.clamp(min=1)).sum(1)  # each of the tied counts once: a vote is one over its number
    mine = (top & (answers == truth[:, None])).any(1)
    return torch.where(mine, 1 / kinds.clamp(min=1), 0.0)


# %% answer-scores
def answer_scores(logits, tokens, mask):
    rows = []
    for one, text, real in zip(logits, tokens, mask, strict=True):
        each = -torch.nn.functional.cross_entropy(one[real], text[real], reduction="none")
        rows.append((each.sum(), each.mean()))
    return list(zip(*rows, strict=True))


# %% within-budget
def within_budget(tokens, budget, end):
    seen = tokens[:, : min(budget, tokens.shape[1])]
    is_end = seen == end
    done = is_end.any(1)
    place = is_end.int().argmax(1)
    before = seen.gather(1, (place - 1).clamp(min=0)[:, None])[:, 0]
    answers = before.masked_fill(~done | (place == 0), -1)
    return answers, torch.where(done, place + 1, seen.shape[1])


# %% sample-flops
def sample_flops(model, prompt, new):
    costs = [0]
    for t in range(1, prompt + new):
        look = model.n_layers * model.n_heads * (model.qk_dim + model.v_dim) * t
        costs.append(costs[-1] + 2 * (model.active + look))
    return costs[prompt], costs[-1] - costs[prompt]


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    sums = writing.cumsum(1).contiguous()
    left = torch.full((len(writing), 1), budget - reading)
    return torch.searchsorted(sums, left, right=True)[:, 0]


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    chain, rest = [int(problem[0])], problem[1:]
    while rest:
        chain.append(eval(f"{chain[-1]}{rest[:2]}") % 10)
        rest = rest[2:]
    right = "".join(map(str, chain[1:])) + f">{chain[-1]}."
    table = torch.tensor([[text[-3:] == right[-3:], text == right] for text in samples])
    return parts.pass_at_k(table.sum(0), len(samples), k)
