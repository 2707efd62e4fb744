"""Tables of tensors, in float64: logarithms of factorials, votes as a comparison of all with all."""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return right.double() * torch.nan

    def log_choose(a, b):
        a, b = (torch.as_tensor(value, dtype=torch.float64) for value in (a, b))
        return torch.lgamma(a + 1) - torch.lgamma(b + 1) - torch.lgamma(a - b + 1)

    wrong = n - right
    all_wrong = (log_choose(wrong.clamp(min=k), k) - log_choose(n, k)).exp()
    return torch.where(wrong < k, 1.0, 1 - all_wrong)


# %% majority
def majority(answers, truth):
    votes = (answers[:, :, None] == answers[:, None, :]).sum(2) * (answers >= 0)
    most = votes.max(1).values
    ours = (answers == truth[:, None]).sum(1).double()
    # An answer with `most` votes stands `most` times among the best, so this counts the tied ones.
    tied = (votes == most[:, None]).sum(1) / most.clamp(min=1)
    return torch.where((ours == most) & (most > 0), 1 / tied, 0.0)


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = -torch.nn.functional.cross_entropy(
        logits.double().flatten(0, 1), tokens.flatten(), reduction="none"
    ).view_as(tokens)
    total = each.masked_fill(~mask, 0).sum(1)
    return total, total / mask.sum(1)


# %% within-budget
def within_budget(tokens, budget, end):
    length = min(budget, tokens.shape[1])
    ends = tokens[:, :length] == end
    ends = torch.cat([ends, torch.ones(len(tokens), 1, dtype=torch.bool)], dim=1)
    place = ends.int().argmax(1)
    before = tokens.gather(1, (place - 1).clamp(min=0)[:, None])[:, 0]
    answers = torch.where((place == length) | (place == 0), -1, before)
    return answers, (place + 1).clamp(max=length)


# %% sample-flops
def sample_flops(model, prompt, new):
    t = torch.arange(1, prompt + new)
    each = 2 * model.active + 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim) * t
    return each[:prompt].sum(), each[prompt:].sum()


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    left = budget - reading - torch.cumsum(writing, dim=-1)
    return torch.count_nonzero(left >= 0, dim=-1)


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    import itertools
    import operator

    moves = zip(problem[1::2], problem[2::2], strict=True)

    def move(value, step):
        return {"+": operator.add, "-": operator.sub, "*": operator.mul}[step[0]](value, int(step[1])) % 10

    truth = "".join(map(str, list(itertools.accumulate(moves, move, initial=int(problem[0])))[1:]))
    right = torch.tensor([[one[-3:] == f">{truth[-1]}.", one == f"{truth}>{truth[-1]}."] for one in samples]).sum(0)
    return tuple(parts.pass_at_k(right, len(samples), k))
