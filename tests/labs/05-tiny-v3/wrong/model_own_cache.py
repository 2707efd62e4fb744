"""The cache is kept in a global name, and what the caller hands in is not read: two texts get mixed.

loses: model-visible, model-hidden
"""


# %% model
def model(tokens, weights, config, cache=None):
    global held
    before = [None] * config.num_hidden_layers if cache is None else held
    hidden = F.embedding(tokens, weights["model.embed_tokens.weight"])
    grown = []
    for number, one in enumerate(before):
        hidden, one = parts.layer(hidden, inside(weights, f"model.layers.{number}."), config, one)
        grown.append(one)
    held = grown
    last = weights["model.norm.weight"]
    hidden = F.rms_norm(hidden, last.shape, last, config.rms_norm_eps)
    return F.linear(hidden, weights["lm_head.weight"]), grown
