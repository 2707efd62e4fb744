"""Filled up with 0 and not with `pad`.

loses: roll-out-hidden
"""


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    batch, limit = noise.shape[:2]
    answers = torch.zeros((batch, limit), dtype=torch.long)
    ended = torch.zeros(batch, dtype=torch.bool)
    new, cache = prompts, None
    for place in range(limit):
        logits, cache = step(new, cache)
        chosen = (logits[:, -1] + noise[:, place]).argmax(-1)
        answers[:, place] = torch.where(ended, 0, chosen)
        ended |= chosen == end
        if ended.all():
            break
        new = chosen[:, None]
    return answers
