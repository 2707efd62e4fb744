"""One token, one expert and one layer after the other, in plain Python where no gradient is needed."""


# %% count-load
def count_load(indices, n_experts, mask):
    load = [0] * n_experts
    for experts, real in zip(indices.tolist(), mask.tolist(), strict=True):
        if real:
            for expert in experts:
                load[expert] += 1
    return torch.tensor(load)


# %% imbalance
def imbalance(load):
    violation, dead = [], []
    for layer in load.tolist():
        mean = sum(layer) / len(layer)
        violation.append((max(layer) - mean) / mean)
        dead.append(sum(tokens == 0 for tokens in layer))
    return violation, dead


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    n_experts, top_k = scores.shape[2], indices.shape[2]
    losses = []
    for s, chosen, real in zip(scores, indices, mask, strict=True):
        s, chosen = s[real], chosen[real]
        n_tokens = len(s)
        loss = 0.0
        for expert in range(n_experts):
            f = n_experts / (top_k * n_tokens) * int((chosen == expert).sum())
            p = sum(token[expert] / token.sum() for token in s) / n_tokens
            loss = loss + f * p
        losses.append(alpha * loss)
    return sum(losses) / len(losses)


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    chances = logits.log_softmax(-1)
    words = -torch.stack([chances[b, t, targets[b, t]] for b, t in mask.nonzero().tolist()]).mean()
    return words + sum(parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True))


# %% update-bias
def update_bias(bias, loads, speed):
    new = bias.tolist()
    for layer, row in enumerate(loads.sum(0).tolist()):
        mean = sum(row) / len(row)
        for expert, load in enumerate(row):
            if load > mean:
                new[layer][expert] -= speed
            elif load < mean:
                new[layer][expert] += speed
    return torch.tensor(new)


# %% balanced-run
def balanced_run(scores, top_k, speed):
    steps, n_tokens, n_experts = scores.shape
    bias = torch.zeros(n_experts)
    weights, loads = torch.zeros_like(scores), torch.zeros(steps, n_experts, dtype=torch.long)
    for step in range(steps):
        for token in range(n_tokens):
            wanted = sorted(range(n_experts), key=lambda e: -float(scores[step, token, e] + bias[e]))[:top_k]
            total = sum(float(scores[step, token, e]) for e in wanted)
            for e in wanted:
                weights[step, token, e] = float(scores[step, token, e]) / total
                loads[step, e] += 1
        mean = float(loads[step].sum()) / n_experts
        for e in range(n_experts):
            bias[e] += speed * ((float(loads[step, e]) < mean) - (float(loads[step, e]) > mean))
    return weights, loads
