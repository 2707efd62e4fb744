"""Masked scores are set to 0 and not to minus infinity.

loses: attend-by-expanding-visible, attend-by-expanding-hidden
message: later tokens' scores were set to 0
"""


# %% attend-by-expanding
def attend_by_expanding(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    n_all = len(latent)
    expanded = (latent @ kv_b.T).view(n_all, heads, -1).transpose(0, 1)
    keys, values = expanded[..., :nope], expanded[..., nope:]
    scores = q_nope @ keys.transpose(1, 2) + q_rope @ rope_key.T
    scores = scores / (nope + q_rope.shape[-1]) ** 0.5
    future = torch.ones(n_new, n_all).triu(n_all - n_new + 1).bool()
    mixed = scores.masked_fill(future, 0.0).softmax(-1) @ values
    return mixed.transpose(0, 1).flatten(1) @ o.T
