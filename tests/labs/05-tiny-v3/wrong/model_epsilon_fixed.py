"""The last norm has the epsilon 1e-6, whatever the configuration says.

loses: model-hidden
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
    hidden = F.rms_norm(hidden, last.shape, last, 1e-06)
    return (F.linear(hidden, weights["lm_head.weight"]), grown)
