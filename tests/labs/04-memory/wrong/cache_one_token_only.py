"""Works for one new token only: nothing is masked, since one token sees everything.

loses: attend-with-cache-visible, attend-with-cache-hidden
message: tokens see later ones
"""


# %% attend-with-cache
def attend_with_cache(q, k, v, cache, theta):
    keys, values = cache
    n_past, n_new = keys.shape[1], q.shape[1]
    positions = torch.arange(n_past, n_past + n_new)
    keys = torch.cat([keys, rotate(k, positions, theta)], dim=1)
    values = torch.cat([values, v], dim=1)
    share = len(q) // len(k)
    scores = rotate(q, positions, theta) @ keys.repeat_interleave(share, dim=0).transpose(1, 2) / q.shape[-1] ** 0.5
    mixed = scores.softmax(-1) @ values.repeat_interleave(share, dim=0)
    return mixed.transpose(0, 1).flatten(1), (keys, values)
