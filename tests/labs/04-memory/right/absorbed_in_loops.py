"""One token and one head after the other, never an expanded latent."""


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    n_all, rows = len(latent), []
    size = len(kv_b) // heads
    for i in range(n_new):
        see = n_all - n_new + i + 1
        row = []
        for h in range(heads):
            block = kv_b[h * size : (h + 1) * size]
            moved = block[:nope].T @ q_nope[h, i]
            s = latent[:see] @ moved + rope_key[:see] @ q_rope[h, i]
            a = (s / (nope + q_rope.shape[-1]) ** 0.5).softmax(0)
            row.append(block[nope:] @ (a @ latent[:see]))
        rows.append(o @ torch.cat(row))
    return torch.stack(rows)
