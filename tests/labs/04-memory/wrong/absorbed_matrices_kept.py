"""The matrices of the first call of a shape are kept in a global name, and used for later ones.

loses: attend-absorbed-visible, attend-absorbed-hidden
"""

# %% attend-absorbed
KEPT = {}


def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    n_all = len(latent)
    if tuple(kv_b.shape) not in KEPT:
        KEPT[tuple(kv_b.shape)] = kv_b.unflatten(0, (heads, -1))
    by_head = KEPT[tuple(kv_b.shape)]
    to_key, to_value = by_head[:, :nope], by_head[:, nope:]
    scores = (q_nope @ to_key) @ latent.T + q_rope @ rope_key.T
    scores = scores / (nope + q_rope.shape[-1]) ** 0.5
    future = torch.ones(n_new, n_all).triu(n_all - n_new + 1).bool()
    mixed = scores.masked_fill(future, float("-inf")).softmax(-1) @ latent
    return (mixed @ to_value.transpose(1, 2)).transpose(0, 1).flatten(1) @ o.T
