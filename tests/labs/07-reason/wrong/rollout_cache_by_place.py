"""The first call's cache is thrown away after the prompt.

loses: roll-out-visible roll-out-hidden
"""


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    batch, limit = noise.shape[:2]
    answers = torch.full((batch, limit), pad)
    ended = torch.zeros(batch, dtype=torch.bool)
    new, cache = prompts, None
    for place in range(limit):
        logits, cache = step(new, cache)
        chosen = (logits[:, -1] + noise[:, place]).argmax(-1)
        answers[:, place] = torch.where(ended, pad, chosen)
        ended |= chosen == end
        if ended.all():
            break
        new = chosen[:, None]
        cache = None if place == 0 else cache
    return answers
