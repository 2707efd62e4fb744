"""Experts one token at a time, the loss by gather and logsumexp, a last token that is read and not needed."""


# %% rotary
def rotary(config):
    rope, d = config.rope_parameters, config.qk_rope_head_dim
    base = torch.tensor(rope["rope_theta"], dtype=torch.float64)
    f = torch.exp(-torch.linspace(0, 2 * (d // 2 - 1), d // 2, dtype=torch.float64) / d * base.log())
    scale = 1 / math.sqrt(config.qk_nope_head_dim + d)
    if rope["rope_type"] == "yarn":
        length, s = rope["original_max_position_embeddings"], rope["factor"]
        ends = [
            d * math.log(length / (rope[turns] * 2 * math.pi)) / math.log(rope["rope_theta"]) / 2
            for turns in ("beta_fast", "beta_slow")
        ]
        low, high = max(0, int(ends[0] // 1)), min(d - 1, int(-(-ends[1] // 1)))
        for i in range(d // 2):
            ramp = min(1.0, max(0.0, (i - low) / (high - low)))
            f[i] *= 1 - ramp + ramp / s
        scale *= (0.1 * rope["mscale_all_dim"] * math.log(s) + 1) ** 2
    return f.tolist(), scale


# %% route
def route(tokens, weights, config):
    scores = torch.sigmoid(tokens @ weights["weight"].mT)
    biased = (scores + weights["e_score_correction_bias"]).detach()
    size = biased.shape[1] // config.n_group
    indices = []
    for row in biased.tolist():
        groups = [sorted(row[g * size : (g + 1) * size], reverse=True) for g in range(config.n_group)]
        best = sorted(range(config.n_group), key=lambda g: -sum(groups[g][:2]))[: config.topk_group]
        allowed = [expert for expert in range(len(row)) if expert // size in best]
        indices.append(sorted(allowed, key=lambda expert: row[expert])[-config.num_experts_per_tok :])
    indices = torch.tensor(indices)
    chosen = torch.take_along_dim(scores, indices, 1)
    return config.routed_scaling_factor * F.normalize(chosen, p=1, dim=1), indices


# %% loss
def next_token_loss(logits, labels):
    logits, labels = logits[:, :-1].double(), labels[:, 1:]
    counts = labels.ge(0)
    picked = logits.gather(2, labels.clamp(min=0)[..., None])[..., 0]
    return ((logits.logsumexp(2) - picked) * counts).sum() / counts.sum()


# %% generate
def generate(model, prompts, n_new):
    logits, cache = model(prompts, None)
    rows = prompts.tolist()
    for _ in range(n_new):
        best = [int(row[-1].argmax()) for row in logits]
        rows = [row + [token] for row, token in zip(rows, best, strict=True)]
        logits, cache = model(torch.tensor(best)[:, None], cache)
    return rows


# %% checkpoint
def checkpoint(weights):
    files = dict(weights)
    for name in [name for name in weights if name.endswith(".experts.down_proj")]:
        stack = name.removesuffix("down_proj")
        both = files.pop(f"{stack}gate_up_proj").unbind()
        for i, (down, gate_up) in enumerate(zip(files.pop(name).unbind(), both, strict=True)):
            half = gate_up.shape[0] // 2
            files[f"{stack}{i}.down_proj.weight"] = down.clone()
            files[f"{stack}{i}.gate_proj.weight"] = gate_up[:half].clone()
            files[f"{stack}{i}.up_proj.weight"] = gate_up[half:].clone()
    return files
