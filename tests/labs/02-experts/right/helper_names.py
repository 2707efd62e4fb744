"""Helpers whose names a check might use too: they cost no mark."""


# %% choose-experts
def weights(scores, indices):
    return scores.gather(-1, indices)


def table(x):
    return x


def choose_experts(scores, bias, top_k, scale):
    indices = (scores + bias).topk(top_k, dim=-1).indices
    taken = table(weights(scores, indices))
    return scale * taken / taken.sum(-1, keepdim=True), indices


# %% loop-experts
def output(hidden):
    return torch.zeros_like(hidden)


def left(both):
    return both[..., : both.shape[-1] // 2]


def experts_by_loop(hidden, weights, indices, gate_up, down):
    total = output(hidden)
    for expert in range(len(gate_up)):
        share = torch.where(indices == expert, weights, 0).sum(-1, keepdim=True)
        both = hidden @ gate_up[expert].T
        total = total + share * ((F.silu(left(both)) * both[..., both.shape[-1] // 2 :]) @ down[expert].T)
    return total


# %% moe-layer
def shared(tokens, parameters):
    gate = tokens @ parameters["shared_experts.gate_proj.weight"].T
    up = tokens @ parameters["shared_experts.up_proj.weight"].T
    return (F.silu(gate) * up) @ parameters["shared_experts.down_proj.weight"].T


def routed(tokens, parameters, top_k, scale):
    scores = score_experts(tokens, parameters["gate.weight"])
    chosen = choose_experts(scores, parameters["gate.e_score_correction_bias"], top_k, scale)
    return experts_grouped(tokens, *chosen, parameters["experts.gate_up_proj"], parameters["experts.down_proj"])


def moe_layer(hidden, parameters, top_k, scale):
    tokens = hidden.reshape(-1, hidden.shape[-1])
    return (routed(tokens, parameters, top_k, scale) + shared(tokens, parameters)).reshape(hidden.shape)
