"""The correction bias is replaced by zeros.

loses: moe-layer-visible, moe-layer-hidden
"""


# %% moe-layer
def moe_layer(hidden, parameters, top_k, scale):
    tokens = hidden.flatten(0, 1)
    scores = parts.score(tokens, parameters["gate.weight"])
    weights, indices = parts.choose(scores, torch.zeros(len(parameters["gate.weight"])), top_k, scale)
    gate_up, down = parameters["experts.gate_up_proj"], parameters["experts.down_proj"]
    routed = parts.experts(tokens, weights, indices, gate_up, down)
    gate = F.linear(tokens, parameters["shared_experts.gate_proj.weight"])
    up = F.linear(tokens, parameters["shared_experts.up_proj.weight"])
    shared = F.linear(F.silu(gate) * up, parameters["shared_experts.down_proj.weight"])
    return (routed + shared).view_as(hidden)
