"""Slow loops in plain Python, which return lists where tensors are as good."""


# %% pass-at-k
def pass_at_k(right, n, k):
    if k > n:
        return [float("nan") for _ in right]
    values = []
    for count in right.tolist():
        all_wrong = 1.0
        for drawn in range(k):  # one after the other, without putting any back
            all_wrong *= max(n - count - drawn, 0) / (n - drawn)
        values.append(1.0 - all_wrong)
    return values


# %% majority
def majority(answers, truth):
    worth = []
    for votes, right in zip(answers.tolist(), truth.tolist(), strict=True):
        most, tied = 0, []
        for candidate in sorted(set(votes)):
            if candidate == -1:
                continue
            times = votes.count(candidate)
            if times > most:
                most, tied = times, [candidate]
            elif times == most:
                tied.append(candidate)
        worth.append(1 / len(tied) if right in tied else 0)
    return worth


# %% answer-scores
def answer_scores(logits, tokens, mask):
    totals, means = [], []
    for rows, written, real in zip(logits.double(), tokens, mask, strict=True):
        terms = []
        for row, token, counts in zip(rows, written, real, strict=True):
            if counts:
                terms.append((row[token] - torch.logsumexp(row, 0)).item())
        totals.append(sum(terms))
        means.append(sum(terms) / len(terms))
    return totals, means


# %% within-budget
def within_budget(tokens, budget, end):
    answers, used = [], []
    for row in tokens.tolist():
        before, answer, count = -1, -1, 0
        for token in row:
            if count == budget:
                break
            count += 1
            if token == end:
                answer = before
                break
            before = token
        answers.append(answer)
        used.append(count)
    return answers, used


# %% sample-flops
def sample_flops(model, prompt, new):
    reading = writing = 0
    for t in range(1, prompt + new):
        cost = 2 * model.active + 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim) * t
        if t <= prompt:
            reading += cost
        else:
            writing += cost
    return reading, writing


# %% samples-that-fit
def samples_that_fit(budget, reading, writing):
    counts = []
    for costs in writing.tolist():
        spent, count = reading, 0
        for cost in costs:
            spent += cost
            if spent > budget:
                break
            count += 1
        counts.append(count)
    return counts


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    value, chain, place = int(problem[0]), "", 1
    while place < len(problem):
        operator, digit = problem[place], int(problem[place + 1])
        if operator == "+":
            value += digit
        elif operator == "-":
            value -= digit
        else:
            value *= digit
        value %= 10
        chain = chain + str(value)
        place += 2
    answers = chains = 0
    for sample in samples:
        steps, mark, answer = sample.partition(">")
        if answer == str(value) + ".":
            answers += 1
            if steps == chain:
                chains += 1
    both = parts.pass_at_k(torch.tensor([answers, chains]), len(samples), k)
    return both[0], both[1]
