"""`scaled_dot_product_attention` with `is_causal=True`: its diagonal starts at the first key.

loses: attend-with-cache-visible, attend-with-cache-hidden
message: the mask starts at the first key
"""


# %% attend-with-cache
def attend_with_cache(q, k, v, cache, theta):
    n_past = cache[0].shape[1]
    positions = torch.arange(n_past, n_past + q.shape[1])
    keys = torch.cat([cache[0], rotate(k, positions, theta)], dim=1)
    values = torch.cat([cache[1], v], dim=1)
    turned = rotate(q, positions, theta)
    mixed = F.scaled_dot_product_attention(turned, keys, values, is_causal=True, enable_gqa=True)
    return mixed.transpose(0, 1).flatten(1), (keys, values)
