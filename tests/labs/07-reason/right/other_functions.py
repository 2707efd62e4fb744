"""Other functions of Python and PyTorch: regular expressions, var_mean, cross-entropy, where, an optimizer."""

# %% reward
import functools
import re


def reward(problem, answer):
    found = re.match(r"[^.>]*>([0-9])\.", answer)
    steps = re.findall(r"([-+*])(\d)", problem)
    apply = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}
    truth = functools.reduce(lambda now, step: apply[step[0]](now, int(step[1])), steps, int(problem[0]))
    return float(found is not None and int(found[1]) == truth % 10)


# %% group-advantages
def group_advantages(rewards):
    variance, mean = torch.var_mean(rewards, dim=1, correction=0, keepdim=True)
    return torch.where(variance > 0, (rewards - mean) / variance.sqrt().clamp(min=1e-12), 0.0)


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    batch, length, vocab = logits.shape
    losses = F.cross_entropy(logits[:, :-1].reshape(-1, vocab), tokens[:, 1:].reshape(-1), reduction="none")
    place = torch.arange(length)[None]
    is_end = (tokens == end) & (place >= prompt_lengths[:, None])
    last = torch.where(is_end.any(1), is_end.float().argmax(1), length)
    mask = (place >= prompt_lengths[:, None]) & (place <= last[:, None])
    return -losses.view(batch, length - 1), mask[:, 1:]


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    with torch.no_grad():
        value = advantages[:, None].expand_as(log_probs)
        old = old_log_probs.clone()
    ratio = torch.exp(log_probs - old)
    ratio = torch.where(value >= 0, ratio.clamp(max=1 + clip), ratio.clamp(min=1 - clip))
    weights = mask / mask.sum(1, keepdim=True) / len(mask)
    return -(ratio * value * weights).sum()


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    columns, alive = [], torch.ones(len(prompts), dtype=torch.bool)
    given, memory = prompts, None
    while alive.any() and len(columns) < noise.shape[1]:
        logits, memory = step(given, memory)
        given = (logits[:, -1, :] + noise[:, len(columns)]).max(-1, keepdim=True).indices
        columns.append(given[:, 0].masked_fill(~alive, pad))
        alive = alive & (given[:, 0] != end)
    return F.pad(torch.stack(columns, 1), (0, noise.shape[1] - len(columns)), value=pad)


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    advantages = parts.advantages(rewards.reshape(len(rewards) // group, group)).reshape(-1)
    table = theta.clone().requires_grad_()
    optimizer = torch.optim.SGD([table], lr=learning_rate)
    old = None
    for _ in range(updates):
        now, mask = parts.log_probs(table[tokens], tokens, prompt_lengths, end)
        old = now.detach() if old is None else old
        optimizer.zero_grad()
        parts.loss(now, old, advantages, mask, clip).backward()
        optimizer.step()
    return table.detach()
