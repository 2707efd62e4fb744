"""The prompt goes in token by token.

loses: roll-out-visible, roll-out-hidden
"""


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    batch, limit = noise.shape[:2]
    answers = torch.full((batch, limit), pad)
    ended = torch.zeros(batch, dtype=torch.bool)
    cache = None
    for c in range(prompts.shape[1]):
        logits, cache = step(prompts[:, c : c + 1], cache)
    for place in range(limit):
        chosen = (logits[:, -1] + noise[:, place]).argmax(-1)
        answers[:, place] = torch.where(ended, pad, chosen)
        ended |= chosen == end
        if ended.all() or place + 1 == limit:
            break
        logits, cache = step(chosen[:, None], cache)
    return answers
