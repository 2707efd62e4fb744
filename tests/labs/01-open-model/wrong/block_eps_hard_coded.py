"""eps is 1e-5 by habit, whatever was asked.

loses: block-hidden
"""


# %% block
def block(x, w, n_heads, n_kv_heads, theta, eps):
    seq, eps = len(x), 1e-5
    normed = parts.rms_norm(x, w["input_layernorm.weight"], eps)
    q = (normed @ w["self_attn.q_proj.weight"].T).view(seq, n_heads, -1).transpose(0, 1)
    k = (normed @ w["self_attn.k_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    v = (normed @ w["self_attn.v_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    mixed = parts.attend(parts.rotate(q, theta), parts.rotate(k, theta), v)
    x = x + mixed @ w["self_attn.o_proj.weight"].T
    normed = parts.rms_norm(x, w["post_attention_layernorm.weight"], eps)
    return x + parts.swiglu(normed, w["mlp.gate_proj.weight"], w["mlp.up_proj.weight"], w["mlp.down_proj.weight"])
