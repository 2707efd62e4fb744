"""The last tokens are given to the model, too.

loses: roll-out-visible, roll-out-hidden
message: expected 4 calls: [3, 1, 1, 1], yours gave 5 calls
message: logits that nobody needs
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
        new = chosen[:, None]
        if ended.all():
            break
    step(new, cache)
    return answers
