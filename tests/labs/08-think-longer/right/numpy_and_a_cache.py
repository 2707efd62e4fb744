"""NumPy, one-hot votes, and a cache that outlives the call; what comes back are arrays and int32."""

# %% pass-at-k
from functools import lru_cache

import numpy as np


@lru_cache(None)
def all_wrong(count, n, k):
    return 0.0 if n - count < k else np.prod(1 - k / np.arange(n - count + 1, n + 1))


def pass_at_k(right, n, k):
    if k > n:
        return np.full(len(right), np.nan)
    return np.array([1 - all_wrong(int(count), n, k) for count in right])


# %% majority
def majority(answers, truth):
    worth = torch.zeros(len(answers))
    for place, row in enumerate(answers):
        values, counts = row[row >= 0].unique(return_counts=True)
        if len(counts):
            worth[place] = (values[counts == counts.max()] == truth[place]).float().mean()
    return worth


# %% answer-scores
def answer_scores(logits, tokens, mask):
    rows, places = torch.arange(len(tokens))[:, None], torch.arange(tokens.shape[1])
    each = torch.where(mask, logits[rows, places, tokens] - logits.logsumexp(-1), torch.nan)
    return each.nansum(1), each.nanmean(1)


# %% within-budget
def within_budget(tokens, budget, end):
    seen = []
    for row in tokens.tolist():
        try:
            place = row[:budget].index(end)
            seen.append((row[place - 1] if place else -1, place + 1))
        except ValueError:
            seen.append((-1, len(row[:budget])))
    answers, used = zip(*seen, strict=True)
    return torch.tensor(answers, dtype=torch.int32), np.array(used)


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)
    last = prompt + new - 1
    reading = 2 * model.active * prompt + attention * prompt * (prompt + 1) / 2  # floats: good to 16 digits
    return reading, 2 * model.active * last + attention * last * (last + 1) / 2 - reading


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    return np.array([np.searchsorted(np.cumsum(row.numpy()), budget - reading, side="right") for row in writing])


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    value, chain = int(problem[0]), ""
    for operator, digit in zip(problem[1::2], problem[2::2], strict=True):
        value = eval(f"{value}{operator}{digit}") % 10
        chain += str(value)
    ending = f">{value}."
    counts = [sum(sample.endswith(ending) for sample in samples), samples.count(chain + ending)]
    return list(parts.pass_at_k(torch.tensor(counts), len(samples), k))
