"""NumPy's functions, numbers of 64 bits, indices of 32, each prompt by itself, a dict that is used up."""

# %% rotary
import numpy as np


def rotary(config):
    rope, dim = (config.rope_parameters, config.qk_rope_head_dim)
    frequencies = rope["rope_theta"] ** (-np.arange(0, dim, 2) / dim)
    scale = (config.qk_nope_head_dim + dim) ** (-0.5)
    if rope["rope_type"] == "default":
        return (frequencies, scale)

    def place(turns):
        length = rope["original_max_position_embeddings"]
        return dim * math.log(length / (2 * math.pi * turns)) / (2 * math.log(rope["rope_theta"]))

    low = max(math.floor(place(rope["beta_fast"])), 0)
    high = min(math.ceil(place(rope["beta_slow"])), dim - 1)
    slowed = ((np.arange(dim // 2) - low) / (high - low)).clip(0, 1)
    m = 0.1 * rope["mscale_all_dim"] * math.log(rope["factor"]) + 1
    return ((1 - slowed) * frequencies + slowed * frequencies / rope["factor"], scale * m**2)


# %% route
def route(tokens, weights, config):
    scores = F.linear(tokens.double(), weights["weight"].double()).sigmoid()
    groups = (scores + weights["e_score_correction_bias"]).unflatten(1, (config.n_group, -1))
    best = groups.topk(2, dim=-1).values.sum(-1).topk(config.topk_group).indices
    closed = torch.ones(groups.shape[:2], dtype=torch.bool).scatter(1, best, False)
    wanted = groups.masked_fill(closed[..., None], -torch.inf).flatten(1)
    indices = wanted.topk(config.num_experts_per_tok).indices
    chosen = scores.gather(1, indices)
    return (config.routed_scaling_factor * chosen / chosen.sum(-1, keepdim=True), indices.int())


# %% loss
def next_token_loss(logits, labels):
    total, n = (0, 0)
    for row, y in zip(logits.double(), labels, strict=False):
        for t in range(len(y) - 1):
            if y[t + 1] >= 0:
                total = total + torch.logsumexp(row[t], 0) - row[t][y[t + 1]]
                n += 1
    return total / n


# %% generate
def generate(model, prompts, n_new):
    rows = []
    for p in prompts:
        row, new, cache = ([p[None]], p[None], None)
        for _ in range(n_new):
            logits, cache = model(new, cache)
            new = logits[:, -1:].argmax(-1)
            row.append(new)
        rows.append(torch.cat(row, 1))
    return torch.cat(rows)


# %% checkpoint
def checkpoint(weights):
    files = {}
    for name in list(weights):
        tensor = weights.pop(name)
        if not name.endswith(("experts.gate_up_proj", "experts.down_proj")):
            files[name] = tensor
            continue
        prefix, kind = name.rsplit(".", 1)
        for number, matrix in enumerate(tensor):
            if kind == "down_proj":
                files[f"{prefix}.{number}.down_proj.weight"] = matrix
            else:
                gate, up = matrix.chunk(2)
                files[f"{prefix}.{number}.gate_proj.weight"], files[f"{prefix}.{number}.up_proj.weight"] = (gate, up)
    return files
