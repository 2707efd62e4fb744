"""Masked scores are set to 0 and not to minus infinity.

loses: attend-absorbed-visible, attend-absorbed-hidden
message: later tokens' scores were set to 0
"""


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    n_all = len(latent)
    by_head = kv_b.unflatten(0, (heads, -1))
    to_key, to_value = by_head[:, :nope], by_head[:, nope:]
    scores = (q_nope @ to_key) @ latent.T + q_rope @ rope_key.T
    scores = scores / (nope + q_rope.shape[-1]) ** 0.5
    future = torch.ones(n_new, n_all).triu(n_all - n_new + 1).bool()
    mixed = scores.masked_fill(future, 0.0).softmax(-1) @ latent
    return (mixed @ to_value.transpose(1, 2)).transpose(0, 1).flatten(1) @ o.T
