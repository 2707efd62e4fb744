"""The cache stays that of the prompt.

loses: roll-out-visible, roll-out-hidden
message: the cache stays
"""


# %% roll-out
def roll_out(step, prompts, noise, end, pad):
    B, T, V = noise.shape
    out = torch.full((B, T), pad)
    new, cache = prompts, None
    for t in range(T):
        done = (out[:, :t] == end).any(1)
        if done.all():
            break
        logits, c = step(new, cache)
        cache = c if cache is None else cache
        new = (logits[:, -1:] + noise[:, t : t + 1]).argmax(-1)
        out[:, t] = torch.where(done, pad, new[:, 0])
    return out
