"""The first sum adds to what was normed.

loses: layer-visible, layer-hidden
message: the first sum adds to the normed input
"""


# %% layer
def layer(hidden, weights, config, cache=None):

    def norm(x, weight):
        return F.rms_norm(x, weight.shape, weight, config.rms_norm_eps)

    def dense(x, weights):
        gate, up = F.linear(x, weights["gate_proj.weight"]), F.linear(x, weights["up_proj.weight"])
        return F.linear(F.silu(gate) * up, weights["down_proj.weight"])

    normed = norm(hidden, weights["input_layernorm.weight"])
    mixed, cache = parts.attention(normed, inside(weights, "self_attn."), config, cache)
    hidden = normed + mixed
    normed, mlp = norm(hidden, weights["post_attention_layernorm.weight"]), inside(weights, "mlp.")
    if "gate.weight" not in mlp:
        return hidden + dense(normed, mlp), cache
    tokens = normed.flatten(0, 1)
    chosen = parts.route(tokens, inside(mlp, "gate."), config)
    routed = parts.experts(tokens, *chosen, mlp["experts.gate_up_proj"], mlp["experts.down_proj"])
    return hidden + routed.view_as(normed) + dense(normed, inside(mlp, "shared_experts.")), cache
