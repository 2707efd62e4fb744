"""The whole text, anew for each token.

loses: roll-out-visible, roll-out-hidden
message: the whole text was given anew
"""


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    batch, limit = noise.shape[:2]
    answers = torch.full((batch, limit), pad)
    ended = torch.zeros(batch, dtype=torch.bool)
    new, cache = prompts, None
    for place in range(limit):
        logits, cache = step(new, None)
        chosen = (logits[:, -1] + noise[:, place]).argmax(-1)
        answers[:, place] = torch.where(ended, pad, chosen)
        ended |= chosen == end
        if ended.all():
            break
        new = torch.cat([new, chosen[:, None]], dim=1)
    return answers
