"""eps is 1e-5, as in the real model, whatever the model at hand says.

loses: logits-hidden
"""


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x, eps = weights["model.embed_tokens.weight"][ids], 1e-5
    for i in range(n_layers):
        x = parts.block(x, layer(weights, i), n_heads, n_kv_heads, theta, eps)
    return parts.rms_norm(x, weights["model.norm.weight"], eps) @ weights["model.embed_tokens.weight"].T


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
