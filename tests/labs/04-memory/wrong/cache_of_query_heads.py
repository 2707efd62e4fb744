"""The key heads are repeated before they go into the cache: it holds all query heads.

loses: attend-with-cache-visible, attend-with-cache-hidden
message: the cache holds all query heads
"""


# %% attend-with-cache
def attend_with_cache(q, k, v, cache, theta):
    share = len(q) // len(k)
    past_keys, past_values = cache
    if len(past_keys) < len(q):
        past_keys, past_values = (past.repeat_interleave(share, dim=0) for past in cache)
    n_past, n_new = past_keys.shape[1], q.shape[1]
    positions = torch.arange(n_past, n_past + n_new)
    keys = torch.cat([past_keys, rotate(k, positions, theta).repeat_interleave(share, dim=0)], dim=1)
    values = torch.cat([past_values, v.repeat_interleave(share, dim=0)], dim=1)
    scores = rotate(q, positions, theta) @ keys.transpose(1, 2) / q.shape[-1] ** 0.5
    future = torch.ones(n_new, n_past + n_new).triu(n_past + 1).bool()
    mixed = scores.masked_fill(future, float("-inf")).softmax(-1) @ values
    return mixed.transpose(0, 1).flatten(1), (keys, values)
