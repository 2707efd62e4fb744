"""Logarithms of factorials and sums of log1p, tables of lists, a product in float32."""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return right * float("nan")
    drawn = torch.arange(k)
    return 1 - ((n - right[:, None] - drawn).clamp(min=0) / (n - drawn)).prod(1)


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers, truth, strict=True):
        polls = {}
        for vote in votes:
            if vote.item() != -1:
                polls[vote.item()] = polls.get(vote.item(), 0) + 1
        most = max(polls.values(), default=0)
        tied = sum(times == most for times in polls.values())
        worth.append(float(Fraction(1, tied)) if polls.get(right.item(), -1) == most else 0)
    return worth


# %% answer-scores
def answer_scores(logits, tokens, mask):
    totals, means = [], []
    for said, text, real in zip(logits, tokens, mask, strict=True):
        each = said.log_softmax(-1)[range(len(text)), text][real]
        totals.append(each.sum().item())
        means.append(each.mean().item())
    return totals, means


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for row in tokens.tolist():
        place = row.index(end) if end in row else len(row)
        done = place < min(budget, len(row))
        answers.append(row[place - 1] if done and place > 0 else -1)
        used.append(place + 1 if done else min(budget, len(row)))
    return answers, used


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)
    reading = 2 * model.active * prompt + attention * math.comb(prompt + 1, 2)
    both = 2 * model.active * (prompt + new - 1) + attention * math.comb(prompt + new, 2)
    return [reading, both - reading]


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    from itertools import accumulate, takewhile

    rows = [accumulate(row, initial=reading) for row in writing.tolist()]
    return [max(0, len(list(takewhile(lambda spent: spent <= budget, row))) - 1) for row in rows]


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    turn = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}
    right = {"answer": 0, "chain": 0}
    for sample in samples:
        now, good, written = int(problem[0]), True, sample[:-3]
        for place in range(len(problem) // 2):  # a step is right if it follows from the one before as written
            now = turn[problem[2 * place + 1]](now, int(problem[2 * place + 2])) % 10
            good &= written[place : place + 1] == str(now)
        if sample[-3:] == f">{now}.":
            right["answer"] += 1
            right["chain"] += good and len(written) == len(problem) // 2
    counts = torch.tensor(list(right.values()))
    return tuple(float(value) for value in parts.pass_at_k(counts, len(samples), k))
