"""Everything one number at a time, in double precision where that is easier."""


# %% reward
def reward(problem, answer):
    place = answer.find(".")
    if place < 2 or answer[place - 2] != ">" or not answer[place - 1].isdigit():
        return 0
    if ">" in answer[: place - 2]:
        return 0
    now = int(problem[0])
    for position in range(1, len(problem) - 1, 2):
        digit = int(problem[position + 1])
        if problem[position] == "+":
            now += digit
        elif problem[position] == "-":
            now -= digit
        else:
            now *= digit
    return 1 if now % 10 == int(answer[place - 1]) else 0


# %% group-advantages
def group_advantages(rewards):
    table = []
    for row in rewards.tolist():
        mean = sum(row) / len(row)
        deviation = (sum((one - mean) ** 2 for one in row) / len(row)) ** 0.5
        table.append([(one - mean) / deviation if deviation > 1e-9 else 0.0 for one in row])
    return torch.tensor(table, dtype=torch.double)


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    rows, masks = [], []
    for scores, text, start in zip(logits.double(), tokens.tolist(), prompt_lengths.tolist(), strict=True):
        row, mask, going = [], [], True
        for place in range(1, len(text)):
            inside = going and place >= start
            row.append(
                scores[place - 1, text[place]] - torch.logsumexp(scores[place - 1], dim=0)
                if inside
                else scores.new_zeros(())
            )
            mask.append(inside)
            if inside and text[place] == end:
                going = False
        rows.append(torch.stack(row))
        masks.append(mask)
    return torch.stack(rows).float(), torch.tensor(masks)


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    gains = []
    for row in range(len(log_probs)):
        value, each = advantages[row].item(), []
        for place in mask[row].nonzero()[:, 0].tolist():
            ratio = torch.exp(log_probs[row, place] - old_log_probs[row, place].item())
            held = min(max(ratio.item(), 1 - clip), 1 + clip)
            each.append(ratio * value if ratio.item() * value <= held * value else torch.tensor(held * value))
        gains.append(sum(each) / len(each))
    # A sum with nothing in it keeps the graph where all are held.
    return -sum(gains) / len(gains) + 0 * log_probs.sum()


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    answers = [[] for _ in prompts]
    logits, cache = step(prompts, None)
    for place in range(noise.shape[1]):
        best = [int((logits[row, -1] + noise[row, place]).argmax()) for row in range(len(prompts))]
        for row, token in enumerate(best):
            answers[row].append(pad if end in answers[row] else token)
        if place + 1 == noise.shape[1] or all(end in answer for answer in answers):
            break
        logits, cache = step(torch.tensor([[token] for token in best]), cache)
    return torch.tensor([answer + [pad] * (noise.shape[1] - len(answer)) for answer in answers])


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    advantages = []
    for start in range(0, len(rewards), group):
        advantages.append(parts.advantages(rewards[start : start + group][None])[0])
    advantages = torch.cat(advantages)
    with torch.no_grad():
        old, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
    table = torch.nn.Parameter(theta.clone())
    for _ in range(updates):
        now = parts.log_probs(table[tokens], tokens, prompt_lengths, end)[0]
        loss = parts.loss(now, old, advantages, mask, clip)
        table.grad = None
        loss.backward()
        with torch.no_grad():
            table -= learning_rate * table.grad
    return table.detach()
