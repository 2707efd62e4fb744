"""One more mistake in each of several parts; none costs another part anything.

norm: One mean over the whole tensor, as if the model ever saw one token at a time.
rotate: The positions run along the heads, so that all tokens of a head turn alike.
attend: Weights of later tokens are set to 0 after the softmax, so that the rest no longer sum to 1.
swiglu: The matrices are used as if they were [in, out].
block: Queries and keys are rotated before they are split into heads, so that pairs reach across heads.
logits: Probabilities are returned.

loses: norm-visible, norm-hidden,
  rotate-visible, rotate-hidden,
  attend-visible, attend-hidden,
  swiglu-visible, swiglu-hidden,
  block-visible, block-hidden,
  logits-visible, logits-hidden
message: each vector has its own
message: nothing was turned
message: weights were masked after the softmax
message: stopped with RuntimeError
message: the split into heads
message: a softmax was taken
"""


# %% norm
def rms_norm(x, weight, eps):
    return x / (x.square().mean() + eps).sqrt() * weight


# %% rotate
def rotate(x, theta):
    seq, head_dim = x.shape[1:]
    angles = torch.arange(len(x))[:, None, None] * theta ** (-torch.arange(0, head_dim, 2) / head_dim)

    a, b = x.chunk(2, -1)
    return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1)


# %% attend
def attend(q, k, v):
    share = len(q) // len(k)
    k, v = k.repeat_interleave(share, 0), v.repeat_interleave(share, 0)
    mix = (q @ k.transpose(1, 2) / q.shape[-1] ** 0.5).softmax(-1).tril()
    return (mix @ v).transpose(0, 1).flatten(1)


# %% swiglu
def swiglu(x, gate, up, down):
    return (torch.nn.functional.silu(x @ gate) * (x @ up)) @ down


# %% block
def block(x, w, n_heads, n_kv_heads, theta, eps):
    seq = len(x)
    normed = parts.rms_norm(x, w["input_layernorm.weight"], eps)
    q = (normed @ w["self_attn.q_proj.weight"].T).view(seq, n_heads, -1).transpose(0, 1)
    k = (normed @ w["self_attn.k_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    v = (normed @ w["self_attn.v_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    q = parts.rotate(q.transpose(0, 1).reshape(1, seq, -1), theta).view(seq, n_heads, -1).transpose(0, 1)
    k = parts.rotate(k.transpose(0, 1).reshape(1, seq, -1), theta).view(seq, n_kv_heads, -1).transpose(0, 1)
    mixed = parts.attend(q, k, v)
    x = x + mixed @ w["self_attn.o_proj.weight"].T
    normed = parts.rms_norm(x, w["post_attention_layernorm.weight"], eps)
    return x + parts.swiglu(normed, w["mlp.gate_proj.weight"], w["mlp.up_proj.weight"], w["mlp.down_proj.weight"])


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x = weights["model.embed_tokens.weight"][ids]
    for i in range(n_layers):
        x = parts.block(x, layer(weights, i), n_heads, n_kv_heads, theta, eps)
    scores = parts.rms_norm(x, weights["model.norm.weight"], eps) @ weights["model.embed_tokens.weight"].T
    return scores.softmax(-1)


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
