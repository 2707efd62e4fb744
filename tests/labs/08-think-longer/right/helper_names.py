"""Helpers of the learner with names that the checks use too, and an earlier answer called by its own name."""

# %% pass-at-k
expected = Fraction


def reference(count, n, k):
    return expected(math.comb(n - count, k), math.comb(n, k))


def pass_at_k(right, n, k):
    if k > n:
        return torch.full_like(right, float("nan"), dtype=torch.float)
    return torch.tensor([float(1 - reference(int(count), n, k)) for count in right])


# %% majority
votes = Counter


def majority(answers, truth):
    seen = torch.zeros(len(answers))
    for place, (row, right) in enumerate(zip(answers.tolist(), truth.tolist(), strict=True)):
        polls = votes(row)
        polls.pop(-1, None)
        most = max(polls.values(), default=-1)
        seen[place] = (polls[right] == most) / max(1, sum(times == most for times in polls.values()))
    return seen


# %% answer-scores
total = mean = None


def answer_scores(logits, tokens, mask):
    each = torch.distributions.Categorical(logits=logits).log_prob(tokens)
    totals = torch.stack([row[real].sum() for row, real in zip(each, mask, strict=True)])
    means = torch.stack([row[real].mean() for row, real in zip(each, mask, strict=True)])
    return totals, means


# %% chain-pass-at-k
answers = chains = 0


def counted(problem):
    nested, chain = problem[0], ""
    for place in range(1, len(problem), 2):
        nested = f"({nested}{problem[place : place + 2]})"
        chain += str(eval(nested) % 10)
    return chain


def chain_pass_at_k(problem, samples, k):
    chain, n = counted(problem), len(samples)
    ending = f">{chain[-1]}."
    by_answer = pass_at_k(torch.tensor([sum(sample.endswith(ending) for sample in samples)]), n, k).item()
    by_chain = pass_at_k(torch.tensor([samples.count(chain + ending)]), n, k).item()
    return by_answer, by_chain
