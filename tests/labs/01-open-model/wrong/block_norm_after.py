"""Each norm comes after its step, as in the first Transformer.

loses: block-visible, block-hidden
message: before any norm
"""


# %% block
def block(x, w, n_heads, n_kv_heads, theta, eps):
    seq = len(x)
    q = (x @ w["self_attn.q_proj.weight"].T).view(seq, n_heads, -1).transpose(0, 1)
    k = (x @ w["self_attn.k_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    v = (x @ w["self_attn.v_proj.weight"].T).view(seq, n_kv_heads, -1).transpose(0, 1)
    mixed = parts.attend(parts.rotate(q, theta), parts.rotate(k, theta), v)
    x = parts.rms_norm(x + mixed @ w["self_attn.o_proj.weight"].T, w["input_layernorm.weight"], eps)
    mlp = parts.swiglu(x, w["mlp.gate_proj.weight"], w["mlp.up_proj.weight"], w["mlp.down_proj.weight"])
    return parts.rms_norm(x + mlp, w["post_attention_layernorm.weight"], eps)
