"""Lists and NumPy where no gradient is asked for, a cache that outlives a call, True for 1, writing in place.

message: the reference for now. What part 6 needs: expected a tensor of shape [3, 4], yours gave a list"""

# %% reward
from functools import cache

known = {}


@cache
def last_digit(problem):
    return known.setdefault(problem, int(problem[0]) if len(problem) == 2 else _more(problem))


def _more(problem):
    before, digit = last_digit(problem[:-3] + "="), int(problem[-2])
    return eval(f"{before} {problem[-3]} {digit}") % 10


def reward(problem, answer):
    read, end, rest = answer.partition(".")
    pieces = read.split(">")
    return end == "." and len(pieces) == 2 and pieces[1] == str(last_digit(problem))


# %% group-advantages
def group_advantages(rewards):
    r = rewards.double().numpy()
    s = r.std(1, keepdims=True)
    s[s == 0] = 1
    return ((r - r.mean(1, keepdims=True)) / s).tolist()


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    lp = logits.log_softmax(-1)
    batch, length = tokens.shape
    out = torch.zeros(batch, length - 1)
    mask = torch.zeros(batch, length - 1, dtype=torch.bool)
    for b in range(batch):
        ended = False
        for t in range(length - 1):
            out[b, t] = lp[b, t, tokens[b, t + 1]]
            if t + 1 >= prompt_lengths[b] and not ended:
                mask[b, t] = True
                ended = bool(tokens[b, t + 1] == end)
    return out, mask


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    r = (log_probs - old_log_probs.detach()).exp()
    a = advantages.detach().unsqueeze(1)
    g = torch.min(r * a, torch.clamp(r, 1 - clip, 1 + clip) * a)
    m = mask.float()
    return -((g * m).sum(1) / m.sum(1)).mean()


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    T = noise.shape[1]
    out = [[] for _ in prompts]
    logits, cache = step(prompts, None)
    for t in range(T):
        last = logits[:, -1].numpy() + noise[:, t].numpy()
        tok = last.argmax(1)
        for row, x in zip(out, tok, strict=True):
            row.append(pad if end in row else int(x))
        if t == T - 1 or all(end in row for row in out):
            break
        logits, cache = step(torch.from_numpy(tok)[:, None], cache)
    return [row + [pad] * (T - len(row)) for row in out]


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    adv = parts.advantages(rewards.reshape(-1, group)).reshape(-1)
    old, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
    old = old.detach()
    for _ in range(updates):
        theta = theta.detach().requires_grad_()
        lp, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
        loss = parts.loss(lp, old, adv, mask, clip)
        loss.backward()
        theta = theta.detach() - learning_rate * theta.grad
    return theta
