"""One more mistake in each of several parts; none costs another part anything.

attend: Keys are shared by neighbours, values in turn.
block: Attention and the gated network both read the input of the block, as in GPT-J.

loses: attend-visible, attend-hidden,
  block-visible, block-hidden
message: query heads take key heads in turn
message: reads the result of attention
"""


# %% attend
def attend(q, k, v):
    share = len(q) // len(k)
    k, v = k.repeat_interleave(share, 0), v.repeat(share, 1, 1)
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
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
    h = x + mixed @ w["self_attn.o_proj.weight"].T
    normed = parts.rms_norm(x, w["post_attention_layernorm.weight"], eps)
    return h + parts.swiglu(normed, w["mlp.gate_proj.weight"], w["mlp.up_proj.weight"], w["mlp.down_proj.weight"])
