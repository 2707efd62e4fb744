"""The norm after the last block is forgotten.

loses: logits-visible, logits-hidden
message: the norm after the last block is missing
"""


# %% logits
def logits(ids, weights, n_layers, n_heads, n_kv_heads, theta, eps):
    x = weights["model.embed_tokens.weight"][ids]
    for i in range(n_layers):
        x = parts.block(x, layer(weights, i), n_heads, n_kv_heads, theta, eps)
    return x @ weights["model.embed_tokens.weight"].T


def smollm2_logits(ids):
    return logits(ids, weights, **numbers)
