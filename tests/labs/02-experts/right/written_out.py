"""Plain operators, one token at a time in part 3, a padded box in place of one grouped product."""


# %% score-experts
def score_experts(hidden, router_weight):
    logits = torch.einsum("td,ed->te", hidden.to(torch.float32), router_weight.to(torch.float32))
    return 1 / (1 + torch.exp(-logits))


# %% choose-experts
def choose_experts(scores, bias, top_k, scale):
    order = torch.argsort(scores + bias, dim=1, descending=True)
    indices = order[:, :top_k]
    weights = torch.take_along_dim(scores, indices, dim=1)
    return F.normalize(weights, p=1, dim=1) * scale, indices


# %% loop-experts
def experts_by_loop(hidden, weights, indices, gate_up, down):
    width = down.shape[-1]
    rows = []
    for token in range(hidden.shape[0]):
        row = torch.zeros(hidden.shape[1])
        for weight, expert in zip(weights[token], indices[token], strict=True):
            gate = gate_up[expert, :width] @ hidden[token]
            up = gate_up[expert, width:] @ hidden[token]
            row = row + weight * (down[expert] @ (gate * torch.sigmoid(gate) * up))
        rows.append(row)
    return torch.stack(rows)


# %% grouped-experts
def experts_grouped(hidden, weights, indices, gate_up, down):
    top_k = indices.shape[1]
    sorted_experts, order = torch.sort(indices.reshape(-1))
    counts = [int((sorted_experts == expert).sum()) for expert in range(gate_up.shape[0])]
    rows = hidden.repeat_interleave(top_k, dim=0)[order]
    box = torch.zeros(len(counts), max(counts), hidden.shape[1])
    for expert, group in enumerate(rows.split(counts)):
        box[expert, : len(group)] = group
    gate, up = box.bmm(gate_up.transpose(1, 2)).chunk(2, dim=2)
    answers = (F.silu(gate) * up).bmm(down.transpose(1, 2))
    answers = torch.cat([answers[expert, :count] for expert, count in enumerate(counts)])
    weighted = answers * weights.reshape(-1, 1)[order]
    back = torch.empty_like(order)
    back[order] = torch.arange(len(order))
    return weighted[back].view(len(hidden), top_k, -1).sum(dim=1)


# %% moe-layer
def swiglu(x, gate, up, down):
    return (F.silu(x @ gate.T) * (x @ up.T)) @ down.T


def moe_layer(hidden, parameters, top_k, scale):
    batch, sequence, d_model = hidden.shape
    tokens = hidden.reshape(-1, d_model)
    weights, indices = choose_experts(
        score_experts(tokens, parameters["gate.weight"]), parameters["gate.e_score_correction_bias"], top_k, scale
    )
    experts = [parameters[f"experts.{name}_proj"] for name in ("gate_up", "down")]
    shared = [parameters[f"shared_experts.{name}_proj.weight"] for name in ("gate", "up", "down")]
    routed = experts_grouped(tokens, weights, indices, *experts).reshape(batch, sequence, d_model)
    return routed + swiglu(hidden, *shared)
