"""theta is 10,000, whatever the model says: quietly a little worse.

loses: logits-visible, logits-hidden
"""


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x = weights["model.embed_tokens.weight"][ids]
    for i in range(n_layers):
        x = parts.block(x, layer(weights, i), n_heads, n_kv_heads, 10_000.0, eps)
    return parts.rms_norm(x, weights["model.norm.weight"], eps) @ weights["model.embed_tokens.weight"].T


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
