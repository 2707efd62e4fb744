"""A layer's number is taken to be one digit.

loses: model-hidden
"""


# %% model
def model(tokens, weights, config, cache=None):
    hidden = F.embedding(tokens, weights["model.embed_tokens.weight"])
    held = cache or [None] * config.num_hidden_layers
    grown = []
    names = sorted({n[len("model.layers.")] for n in weights if n.startswith("model.layers.")})
    for number, one in zip(names, held, strict=False):
        hidden, one = parts.layer(hidden, inside(weights, f"model.layers.{number}."), config, one)
        grown.append(one)
    last = weights["model.norm.weight"]
    hidden = F.rms_norm(hidden, last.shape, last, config.rms_norm_eps)
    return (F.linear(hidden, weights["lm_head.weight"]), grown)
