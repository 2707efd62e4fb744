"""Products number by number and sums, never an expanded latent."""


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    n_all = len(latent)
    W = kv_b.unflatten(0, (heads, -1))
    moved = (q_nope[..., None] * W[:, None, :nope]).sum(2)
    s = (moved[:, :, None] * latent).sum(-1) + (q_rope[:, :, None] * rope_key).sum(-1)
    s = s / (nope + q_rope.shape[-1]) ** 0.5
    s = s.masked_fill(torch.ones(n_new, n_all).triu(n_all - n_new + 1).bool(), -math.inf)
    mixed = (s.softmax(-1)[..., None] * latent).sum(2)
    v = (mixed[:, :, None] * W[:, None, nope:]).sum(-1)
    return v.transpose(0, 1).flatten(1) @ o.T
