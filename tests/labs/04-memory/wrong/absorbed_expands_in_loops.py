"""Keys and values are made anew in loops over heads and tokens.

loses: attend-absorbed-hidden
"""


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    n_all = len(latent)
    w = kv_b.unflatten(0, (heads, -1))
    v_dim = w.shape[1] - nope
    out = torch.zeros(n_new, heads, v_dim)
    rows = []
    for i in range(n_new):
        row = []
        for h in range(heads):
            see = n_all - n_new + i + 1
            keys = [w[h, :nope] @ latent[t] for t in range(see)]
            values = [w[h, nope:] @ latent[t] for t in range(see)]
            s = torch.stack(
                [torch.dot(q_nope[h, i], keys[t]) + torch.dot(q_rope[h, i], rope_key[t]) for t in range(see)]
            )
            a = (s / (nope + q_rope.shape[-1]) ** 0.5).softmax(-1)
            row.append(sum(a[t] * values[t] for t in range(see)))
        rows.append(torch.cat(row))
    return torch.stack(rows) @ o.T
