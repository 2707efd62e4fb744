"""Masked scores are set to 0 and not to minus infinity.

loses: attend-with-cache-visible, attend-with-cache-hidden
message: or 0 stands where minus infinity belongs
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
    future = torch.ones(n_new, n_past + n_new).triu(n_past + 1).bool()
    mixed = scores.masked_fill(future, 0.0).softmax(-1) @ values.repeat_interleave(share, dim=0)
    return mixed.transpose(0, 1).flatten(1), (keys, values)
