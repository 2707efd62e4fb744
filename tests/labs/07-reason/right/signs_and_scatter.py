"""Characters one by one, NumPy for each row, bounds by the sign of the advantage, open rows only, an optimizer."""


# %% reward
def reward(problem, answer):
    now, operator = int(problem[0]), None
    for character in problem[1:-1]:
        if operator is None:
            operator = character
        else:
            digit = int(character)
            now += {"+": digit, "-": -digit, "*": now * (digit - 1)}[operator]
            operator = None
    stop = answer.find(".")
    if stop < 0:
        return 0.0
    head, mark, tail = answer[:stop].rpartition(">")
    return float(mark == ">" and ">" not in head and tail == str(now % 10))


# %% group-advantages
def group_advantages(rewards):
    out = torch.zeros_like(rewards)
    for row, one in zip(out, rewards.numpy(), strict=True):
        if one.max() > one.min():
            row.copy_(torch.from_numpy((one - one.mean()) / one.std()))
    return out


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = F.one_hot(tokens[:, 1:], logits.size(-1)).bool()
    scores = logits[:, :-1]
    log_probs = scores.masked_select(chosen).view(len(tokens), -1) - scores.logsumexp(-1)
    counts = torch.zeros_like(tokens, dtype=torch.bool)
    for b in range(len(tokens)):
        t = int(prompt_lengths[b])
        while t < tokens.size(1):
            counts[b, t] = True
            if tokens[b, t] == end:
                break
            t += 1
    return log_probs, counts[:, 1:]


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = torch.exp(log_probs - old_log_probs.detach())
    good = (advantages.detach() > 0)[:, None]
    held = torch.where(good, ratio > 1 + clip, ratio < 1 - clip)
    edge = torch.where(good, 1 + clip, 1 - clip).expand_as(ratio)
    gain = torch.where(held, edge, ratio) * advantages.detach()[:, None]
    each = [row[real].mean() for row, real in zip(gain, mask, strict=True)]
    return -torch.stack(each).mean()


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    answers, state = prompts.new_full(noise.shape[:2], pad), (prompts, None)
    open_rows = torch.arange(len(prompts))
    for t, column in enumerate(noise.unbind(1)):
        logits, cache = step(*state)
        best = torch.argmax(logits[:, -1].double() + column.double(), dim=1)
        answers[open_rows, t] = best[open_rows]
        open_rows = open_rows[best[open_rows] != end]
        if not len(open_rows):
            return answers
        state = (best.unsqueeze(1), cache)
    return answers


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    theta = theta.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    advantages = parts.advantages(torch.stack(rewards.split(group))).reshape(-1)
    old = None
    for _ in range(updates):
        optimizer.zero_grad()
        now, mask = parts.log_probs(F.embedding(tokens, theta), tokens, prompt_lengths, end)
        old = now.detach() if old is None else old
        parts.loss(now, old, advantages, mask, clip).backward()
        optimizer.step()
    return theta
