"""eps is handed on to the blocks, and 1e-5 by habit in the norm after them.

loses: logits-hidden
"""


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x = weights["model.embed_tokens.weight"][ids]
    for i in range(n_layers):
        x = parts.block(x, layer(weights, i), n_heads, n_kv_heads, theta, eps)
    return parts.rms_norm(x, weights["model.norm.weight"], 1e-5) @ weights["model.embed_tokens.weight"].T


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
