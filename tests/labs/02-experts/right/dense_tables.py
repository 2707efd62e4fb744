"""Every expert answers every token and a table of weights keeps what was chosen: wasteful, and right."""


# %% score-experts
def score_experts(hidden, router_weight):
    return torch.nn.Sigmoid()(hidden.float().matmul(router_weight.float().t()))


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    wanted = scores.detach() + bias.detach()
    indices = wanted.topk(top_k, sorted=False)[1]
    chosen = torch.zeros_like(wanted).scatter(1, indices, 1.0)
    share = scores * chosen / (scores * chosen).sum(1, keepdim=True)
    return (scale * share).gather(1, indices), indices


# %% loop-experts
def experts_by_loop(hidden, weights, indices, gate_up, down):
    output = 0
    for expert in range(len(gate_up)):
        weight = (weights * (indices == expert)).sum(dim=1, keepdim=True)
        gate, up = (hidden @ gate_up[expert].T).split(down.shape[2], dim=1)
        output = output + weight * ((F.silu(gate) * up) @ down[expert].T)
    return output


# %% grouped-experts
def experts_grouped(hidden, weights, indices, gate_up, down):
    table = torch.zeros(len(hidden), len(gate_up)).scatter_add(1, indices, weights)
    gate, up = torch.einsum("td,efd->tef", hidden, gate_up).chunk(2, dim=-1)
    return torch.einsum("te,tef,edf->td", table, F.silu(gate) * up, down)


# %% moe-layer
def moe_layer(hidden, parameters, top_k, scale):
    tokens = hidden.flatten(0, 1)
    scores = score_experts(tokens, parameters["gate.weight"])
    weights, indices = choose_experts(scores, parameters["gate.e_score_correction_bias"], top_k, scale)
    gate_up, down = parameters["experts.gate_up_proj"], parameters["experts.down_proj"]
    routed = experts_grouped(tokens, weights, indices, gate_up, down)
    gate = F.linear(hidden, parameters["shared_experts.gate_proj.weight"])
    up = F.linear(hidden, parameters["shared_experts.up_proj.weight"])
    shared = F.linear(F.silu(gate) * up, parameters["shared_experts.down_proj.weight"])
    return routed.view(hidden.shape) + shared
