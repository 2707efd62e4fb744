"""Block 1 is found by the start of its name, which blocks 10 to 19 share.

loses: logits-visible, logits-hidden
"""


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x = weights["model.embed_tokens.weight"][ids]
    for i in range(n_layers):
        start = f"model.layers.{i}"
        own = {name.split(".", 3)[3]: t for name, t in weights.items() if name.startswith(start)}
        x = parts.block(x, own, n_heads, n_kv_heads, theta, eps)
    return parts.rms_norm(x, weights["model.norm.weight"], eps) @ weights["model.embed_tokens.weight"].T


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
