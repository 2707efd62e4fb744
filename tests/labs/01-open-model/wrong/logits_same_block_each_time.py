"""The first block is used each time.

loses: logits-visible, logits-hidden
message: each with its own tensors
"""


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x = weights["model.embed_tokens.weight"][ids]
    for _ in range(n_layers):
        x = parts.block(x, layer(weights, 0), n_heads, n_kv_heads, theta, eps)
    return parts.rms_norm(x, weights["model.norm.weight"], eps) @ weights["model.embed_tokens.weight"].T


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
