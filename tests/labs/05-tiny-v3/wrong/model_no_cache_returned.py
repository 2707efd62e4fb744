"""None is returned in place of the cache.

loses: model-visible, model-hidden
message: yours gave None
"""


# %% model
def model(tokens, weights, config, cache=None):
    hidden = F.embedding(tokens, weights["model.embed_tokens.weight"])
    held = cache or [None] * config.num_hidden_layers
    grown = []
    for number, one in enumerate(held):
        hidden, one = parts.layer(hidden, inside(weights, f"model.layers.{number}."), config, one)
        grown.append(one)
    last = weights["model.norm.weight"]
    hidden = F.rms_norm(hidden, last.shape, last, config.rms_norm_eps)
    return (F.linear(hidden, weights["lm_head.weight"]), None)
