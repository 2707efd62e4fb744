"""Helpers with names that a check might want, other containers, `nanmean`, a matrix of masks, in place."""

# %% reward
import numpy as np

texts, sampled = {}, 0


def scripted(problem):
    now = problem[0]
    for place in range(1, len(problem) - 1, 2):
        now = f"({now}{problem[place : place + 2]})"
    return str(eval(now) % 10)


def reward(problem, answer):
    written, end, _ = answer.partition(".")
    good = end == "." and written.count(">") == 1 and written.endswith(">" + scripted(problem))
    return texts.setdefault((problem, answer), np.bool_(good))


# %% group-advantages
def group_advantages(rewards):
    rewards -= rewards.mean(dim=-1, keepdim=True)
    return (rewards / rewards.pow(2).mean(-1, keepdim=True).sqrt()).nan_to_num(0.0)


# %% answer-log-probs
def mask(tokens, prompt_lengths, end):
    table = np.zeros(tokens.shape, bool)
    for row, (text, start) in enumerate(zip(tokens.numpy(), prompt_lengths.numpy(), strict=True)):
        ends = np.flatnonzero(text[start:] == end)
        table[row, start : (start + ends[0] + 1 if len(ends) else None)] = True
    return table[:, 1:]


def answer_log_probs(logits, tokens, prompt_lengths, end):
    log_probs = torch.distributions.Categorical(logits=logits[:, :-1]).log_prob(tokens[:, 1:])
    inside = torch.from_numpy(mask(tokens, prompt_lengths, end))
    return [log_probs.masked_fill(~inside, 0.0), inside]


# %% grpo-loss
def ratios(log_probs, old):
    return torch.exp(log_probs) / torch.exp(old.data)


def values(advantages):
    return advantages.data.view(-1, 1)


def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    now, value = ratios(log_probs, old_log_probs), values(advantages)
    plain, clipped = now * value, torch.clip(now, 1 - clip, 1 + clip) * value
    gain = torch.where(plain < clipped, plain, clipped)
    return -gain.masked_fill(~mask, torch.nan).nanmean(1).mean()


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    answers = torch.empty(noise.shape[:2], dtype=torch.int32).fill_(pad)
    done, new, cache = [False] * len(prompts), prompts, None
    for place in range(noise.shape[1]):
        if all(done):
            break
        logits, cache = step(tokens=new, cache=cache)
        for row in range(len(prompts)):
            if not done[row]:
                answers[row, place] = torch.argmax(logits[row][-1] + noise[row][place])
                done[row] = answers[row, place].item() == end
        new = answers[:, place : place + 1].long()
    return answers


# %% grpo-step
def problem(theta, tokens):
    return F.embedding(tokens, theta)


def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    advantages = parts.advantages(rewards=rewards.unflatten(0, (-1, group))).ravel()
    theta.requires_grad_(True)
    old = real = None
    for update in range(updates):
        now, inside = parts.log_probs(
            logits=problem(theta, tokens), tokens=tokens, prompt_lengths=prompt_lengths, end=end
        )
        if update == 0:
            old, real = now.detach().clone(), inside
        parts.loss(log_probs=now, old_log_probs=old, advantages=advantages, mask=real, clip=clip).backward()
        with torch.no_grad():
            theta -= learning_rate * theta.grad
            theta.grad.zero_()
    return theta
