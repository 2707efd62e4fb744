"""Written token by token and head by head, with loops."""


# %% norm
def rms_norm(x, weight, eps):
    rows = x.reshape(-1, x.shape[-1])
    done = [row / (row.dot(row) / len(row) + eps) ** 0.5 * weight for row in rows]
    return torch.stack(done).reshape(x.shape)


# %% rotate
def rotate(x, theta):
    heads, seq, d = x.shape
    turned = x.clone()
    for p in range(seq):
        angles = torch.tensor([p * theta ** (-2 * i / d) for i in range(d // 2)], dtype=torch.float64)
        for head in range(heads):
            pairs = torch.complex(x[head, p, : d // 2].double(), x[head, p, d // 2 :].double())
            pairs = pairs * torch.polar(torch.ones_like(angles), angles)
            turned[head, p] = torch.cat([pairs.real, pairs.imag])
    return turned


# %% attend
def attend(q, k, v):
    heads, seq, d = q.shape
    result = torch.zeros(seq, heads * d)
    for head in range(heads):
        shared = head * len(k) // heads
        for position in range(seq):
            scores = k[shared, : position + 1] @ q[head, position] / d**0.5
            mixed = scores.softmax(0) @ v[shared, : position + 1]
            result[position, head * d : (head + 1) * d] = mixed
    return result


# %% swiglu
def swiglu(x, gate, up, down):
    rows = []
    for token in x:
        opened = gate @ token
        rows.append(down @ (opened * opened.sigmoid() * (up @ token)))
    return torch.stack(rows)


# %% block
def block(x, w, n_heads, n_kv_heads, theta, eps):
    def heads(name, count):
        read = normed @ w[f"self_attn.{name}_proj.weight"].T
        return torch.stack(read.chunk(count, dim=1))

    normed = parts.rms_norm(x, w["input_layernorm.weight"], eps)
    q, k, v = heads("q", n_heads), heads("k", n_kv_heads), heads("v", n_kv_heads)
    after = x + parts.attend(parts.rotate(q, theta), parts.rotate(k, theta), v) @ w["self_attn.o_proj.weight"].T
    matrices = [w[f"mlp.{name}_proj.weight"] for name in ("gate", "up", "down")]
    return after + parts.swiglu(parts.rms_norm(after, w["post_attention_layernorm.weight"], eps), *matrices)


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    table = weights["model.embed_tokens.weight"]
    x = torch.stack([table[i] for i in ids.tolist()])
    for i in range(n_layers):
        x = parts.block(x, layer(weights, i), n_heads, n_kv_heads, theta, eps)
    return torch.stack([table @ token for token in parts.rms_norm(x, weights["model.norm.weight"], eps)])


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
