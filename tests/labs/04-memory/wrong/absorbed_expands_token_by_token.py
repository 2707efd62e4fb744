"""The latents are expanded one by one, in products of a matrix and a vector.

loses: attend-absorbed-hidden
"""


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    n_all = len(latent)
    expanded = torch.stack([kv_b @ one for one in latent]).view(n_all, heads, -1).transpose(0, 1)
    keys, values = expanded[..., :nope], expanded[..., nope:]
    scores = q_nope @ keys.transpose(1, 2) + q_rope @ rope_key.T
    scores = scores / (nope + q_rope.shape[-1]) ** 0.5
    future = torch.ones(n_new, n_all).triu(n_all - n_new + 1).bool()
    mixed = scores.masked_fill(future, float("-inf")).softmax(-1) @ values
    return mixed.transpose(0, 1).flatten(1) @ o.T
