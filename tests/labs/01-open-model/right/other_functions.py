"""Written with other library functions: complex turns, einsum, scaled_dot_product_attention, linear."""


# %% norm
def rms_norm(x, weight, eps):
    return torch.nn.functional.rms_norm(x, x.shape[-1:], weight, eps)


# %% rotate
def rotate(x, theta):
    seq, half = x.shape[1], x.shape[2] // 2
    angles = torch.outer(torch.arange(seq).float(), theta ** -(torch.arange(half).float() / half))
    turned = torch.complex(x[..., :half], x[..., half:]) * torch.polar(torch.ones_like(angles), angles)
    return torch.cat([turned.real, turned.imag], dim=-1)


# %% attend
def attend(q, k, v):
    heads, seq, d = q.shape
    grouped = q.reshape(len(k), heads // len(k), seq, d)
    scores = torch.einsum("gqsd,gtd->gqst", grouped, k) * d**-0.5
    scores = scores + torch.full((seq, seq), float("-inf")).triu(1)
    return torch.einsum("gqst,gtd->sgqd", scores.softmax(-1), v).reshape(seq, heads * d)


# %% swiglu
def swiglu(x, gate, up, down):
    linear = torch.nn.functional.linear
    opened = linear(x, gate)
    return linear(opened / (1 + torch.exp(-opened)) * linear(x, up), down)


# %% block
def block(x, w, n_heads, n_kv_heads, theta, eps):
    linear = torch.nn.functional.linear
    seq, width = x.shape
    head_dim = width // n_heads
    read = parts.rms_norm(x, w["input_layernorm.weight"], eps)
    all_three = torch.cat([w[f"self_attn.{name}_proj.weight"] for name in "qkv"])
    heads = linear(read, all_three).unflatten(1, (-1, head_dim)).permute(1, 0, 2)
    q, k, v = heads.split([n_heads, n_kv_heads, n_kv_heads])
    x = x + linear(parts.attend(parts.rotate(q, theta), parts.rotate(k, theta), v), w["self_attn.o_proj.weight"])
    read = parts.rms_norm(x, w["post_attention_layernorm.weight"], eps)
    return parts.swiglu(read, w["mlp.gate_proj.weight"], w["mlp.up_proj.weight"], w["mlp.down_proj.weight"]) + x


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x = torch.nn.functional.embedding(ids, weights["model.embed_tokens.weight"])
    i = 0
    while i < n_layers:
        x = parts.block(x, layer(weights, i), n_heads, n_kv_heads, theta, eps)
        i += 1
    x = parts.rms_norm(x, weights["model.norm.weight"], eps)
    return torch.nn.functional.linear(x, weights["model.embed_tokens.weight"])


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
