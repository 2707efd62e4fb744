"""One more mistake in each of several parts; none costs another part anything.

rotate: Only the first head is turned; written and tried with one.
attend: The scale is 2, the root of the head_dim in the check.
block: There is no norm before the gated network.
logits: The counts of query heads and key heads are handed over in the wrong order.

loses: rotate-hidden,
  attend-hidden,
  block-visible, block-hidden,
  logits-visible, logits-hidden
message: no norm before SwiGLU
"""


# %% rotate
def rotate(x, theta):
    seq, head_dim = x.shape[1:]
    angles = torch.arange(seq)[:, None] * theta ** (-torch.arange(0, head_dim, 2) / head_dim)

    a, b = x[:1].chunk(2, -1)
    return torch.cat([torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1), x[1:]])


# %% attend
def attend(q, k, v):
    share = len(q) // len(k)
    k, v = k.repeat_interleave(share, 0), v.repeat_interleave(share, 0)
    scores = q @ k.transpose(1, 2) / 2
    scores = scores.masked_fill(torch.ones_like(scores[0]).triu(1).bool(), float("-inf"))
    return (scores.softmax(-1) @ v).transpose(0, 1).flatten(1)


# %% block
def block(x, w, n_heads, n_kv_heads, theta, eps):
    seq = len(x)
    normed = parts.rms_norm(x, w["input_layernorm.weight"], eps)
    q = (normed @ w["self_attn.q_proj.weight"].T).view(seq, n_heads, -1).transpose(0, 1)
    k = (normed @ w["self_attn.k_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    v = (normed @ w["self_attn.v_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    mixed = parts.attend(parts.rotate(q, theta), parts.rotate(k, theta), v)
    x = x + mixed @ w["self_attn.o_proj.weight"].T
    return x + parts.swiglu(x, w["mlp.gate_proj.weight"], w["mlp.up_proj.weight"], w["mlp.down_proj.weight"])


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x = weights["model.embed_tokens.weight"][ids]
    for i in range(n_layers):
        x = parts.block(x, layer(weights, i), n_kv_heads, n_heads, theta, eps)
    return parts.rms_norm(x, weights["model.norm.weight"], eps) @ weights["model.embed_tokens.weight"].T


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
