"""One more mistake in each of several parts; none costs another part anything.

norm: Divided by the mean square, without the root.
rotate: Both sums carry a minus: a reflection and not a turn.
attend: Tokens see later ones only.
swiglu: Gate and up are added.
block: What is added to is the normed input.
logits: The blocks are used from last to first.

loses: norm-visible, norm-hidden,
  rotate-visible, rotate-hidden,
  attend-visible, attend-hidden,
  swiglu-visible, swiglu-hidden,
  block-visible, block-hidden,
  logits-visible, logits-hidden
message: the root was left out
message: the mask is turned round
message: gate and up were added
message: before any norm
message: in order
"""


# %% norm
def rms_norm(x, weight, eps):
    return x / (x.square().mean(-1, keepdim=True) + eps) * weight


# %% rotate
def rotate(x, theta):
    seq, head_dim = x.shape[1:]
    angles = torch.arange(seq)[:, None] * theta ** (-torch.arange(0, head_dim, 2) / head_dim)

    a, b = x.chunk(2, -1)
    return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() - a * angles.sin()], -1)


# %% attend
def attend(q, k, v):
    share = len(q) // len(k)
    k, v = k.repeat_interleave(share, 0), v.repeat_interleave(share, 0)
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(torch.ones_like(scores[0]).tril(-1).bool(), float("-inf"))
    return (scores.softmax(-1) @ v).transpose(0, 1).flatten(1)


# %% swiglu
def swiglu(x, gate, up, down):
    return (torch.nn.functional.silu(x @ gate.T) + x @ up.T) @ down.T


# %% block
def block(x, w, n_heads, n_kv_heads, theta, eps):
    seq = len(x)
    normed = parts.rms_norm(x, w["input_layernorm.weight"], eps)
    q = (normed @ w["self_attn.q_proj.weight"].T).view(seq, n_heads, -1).transpose(0, 1)
    k = (normed @ w["self_attn.k_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    v = (normed @ w["self_attn.v_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    mixed = parts.attend(parts.rotate(q, theta), parts.rotate(k, theta), v)
    x = normed + mixed @ w["self_attn.o_proj.weight"].T
    normed = parts.rms_norm(x, w["post_attention_layernorm.weight"], eps)
    return x + parts.swiglu(normed, w["mlp.gate_proj.weight"], w["mlp.up_proj.weight"], w["mlp.down_proj.weight"])


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x = weights["model.embed_tokens.weight"][ids]
    for i in reversed(range(n_layers)):
        x = parts.block(x, layer(weights, i), n_heads, n_kv_heads, theta, eps)
    return parts.rms_norm(x, weights["model.norm.weight"], eps) @ weights["model.embed_tokens.weight"].T


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
