"""Scores and pairs are changed in place."""


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    n_all = len(latent)
    W = kv_b.unflatten(0, (heads, -1))
    s = (q_nope @ W[:, :nope]) @ latent.T
    s += q_rope @ rope_key.T
    s /= (nope + q_rope.shape[-1]) ** 0.5
    s[:, torch.ones(n_new, n_all).triu(n_all - n_new + 1).bool()] = -math.inf
    return ((s.softmax(-1) @ latent) @ W[:, nope:].mT).transpose(0, 1).reshape(n_new, -1) @ o.T


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    angles = positions[:, None] * theta ** (-torch.arange(0, rope, 2) / rope)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2].clone(), x[..., 1::2].clone()
    x[..., 0::2] = a * cos - b * sin
    x[..., 1::2] = b * cos + a * sin
    return x
