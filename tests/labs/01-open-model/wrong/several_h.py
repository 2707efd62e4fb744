"""One more mistake in each of several parts; none costs another part anything.

block: theta is 10,000 inside the block, whatever the model says.

loses: block-visible, block-hidden
message: which of q, k, v are rotated
"""


# %% block
def block(x, w, n_heads, n_kv_heads, theta, eps):
    seq, theta = len(x), 10_000.0
    normed = parts.rms_norm(x, w["input_layernorm.weight"], eps)
    q = (normed @ w["self_attn.q_proj.weight"].T).view(seq, n_heads, -1).transpose(0, 1)
    k = (normed @ w["self_attn.k_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    v = (normed @ w["self_attn.v_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    mixed = parts.attend(parts.rotate(q, theta), parts.rotate(k, theta), v)
    x = x + mixed @ w["self_attn.o_proj.weight"].T
    normed = parts.rms_norm(x, w["post_attention_layernorm.weight"], eps)
    return x + parts.swiglu(normed, w["mlp.gate_proj.weight"], w["mlp.up_proj.weight"], w["mlp.down_proj.weight"])
