"""Absorbed attention (keys and values are never expanded), complex numbers for the turns, a histogram for the price."""


# %% rotary
def rotary(config):
    rope, half = config.rope_parameters, config.qk_rope_head_dim // 2
    theta = torch.tensor(rope["rope_theta"])
    frequencies = torch.exp(-theta.log() * torch.arange(half) / half)
    scale = 1 / math.sqrt(config.qk_nope_head_dim + config.qk_rope_head_dim)
    if rope["rope_type"] == "yarn":
        turns = torch.tensor([rope["beta_fast"], rope["beta_slow"]])
        places = half * (rope["original_max_position_embeddings"] / (2 * math.pi * turns)).log() / theta.log()
        low = places[0].floor().clamp(min=0)
        high = places[1].ceil().clamp(max=2 * half - 1)
        kept = 1 - ((torch.arange(half) - low) / (high - low)).clip(0, 1)
        frequencies = frequencies * (kept + (1 - kept) / rope["factor"])
        scale = scale * (1 + 0.1 * rope["mscale_all_dim"] * math.log(rope["factor"])) ** 2
    return frequencies, scale


# %% route
def route(tokens, weights, config):
    scores = torch.sigmoid(tokens @ weights["weight"].T)
    wanted = scores.detach() + weights["e_score_correction_bias"].detach()
    size = config.n_routed_experts // config.n_group
    groups = torch.stack([part.sort(dim=1).values[:, -2:].sum(1) for part in wanted.split(size, dim=1)], dim=1)
    rank = groups.argsort(dim=1, descending=True).argsort(dim=1)
    open_ = (rank < config.topk_group).repeat_interleave(size, dim=1)
    indices = torch.where(open_, wanted, -math.inf).sort(dim=1, descending=True).indices
    indices = indices[:, : config.num_experts_per_tok]
    weights = torch.take_along_dim(scores, indices, dim=1)
    return F.normalize(weights, p=1, dim=1) * config.routed_scaling_factor, indices


# %% attention
def turned(x, angles):
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)).flatten(-2)


def attention(hidden, weights, config, cache=None):
    frequencies, scale = parts.rotary(config)
    heads, nope, rope = config.num_attention_heads, config.qk_nope_head_dim, config.qk_rope_head_dim
    past = cache[0].size(1) if cache else 0
    angles = torch.outer(torch.arange(past, past + hidden.size(1)).float(), frequencies)
    queries = hidden
    if config.q_lora_rank is not None:
        queries = F.rms_norm(hidden @ weights["q_a_proj.weight"].T, (config.q_lora_rank,), eps=1e-6)
        queries = queries * weights["q_a_layernorm.weight"]
    queries = queries @ weights["q_proj.weight" if config.q_lora_rank is None else "q_b_proj.weight"].T
    queries = queries.unflatten(-1, (heads, nope + rope)).transpose(1, 2)  # [batch, heads, new, nope + rope]
    both = hidden @ weights["kv_a_proj_with_mqa.weight"].T
    latent = F.rms_norm(
        both[..., : config.kv_lora_rank], (config.kv_lora_rank,), weights["kv_a_layernorm.weight"], 1e-6
    )
    key = turned(both[..., config.kv_lora_rank :], angles)
    if cache:
        latent, key = (torch.cat(pair, dim=1) for pair in zip(cache, (latent, key), strict=True))
    up = weights["kv_b_proj.weight"].view(heads, nope + config.v_head_dim, -1)
    in_latent = queries[..., :nope] @ up[:, :nope]  # the query asks the latents themselves
    products = in_latent @ latent[:, None].mT + turned(queries[..., nope:], angles) @ key[:, None].mT
    places = torch.arange(latent.size(1))
    products = torch.where(places <= places[past:, None], products * scale, -math.inf)
    values = products.softmax(-1) @ latent[:, None] @ up[:, nope:].mT
    return values.transpose(1, 2).flatten(2) @ weights["o_proj.weight"].T, (latent, key)


# %% layer
def swiglu(x, weights):
    return (F.silu(x @ weights["gate_proj.weight"].T) * (x @ weights["up_proj.weight"].T)) @ weights[
        "down_proj.weight"
    ].T


def layer(hidden, weights, config, cache=None):
    def normed(name):
        return F.rms_norm(hidden, (config.hidden_size,), eps=config.rms_norm_eps) * weights[f"{name}_layernorm.weight"]

    answer, cache = parts.attention(normed("input"), inside(weights, "self_attn."), config, cache)
    hidden = hidden + answer
    x = normed("post_attention")
    if "mlp.up_proj.weight" in weights:
        return hidden + swiglu(x, inside(weights, "mlp.")), cache
    rows = x.reshape(-1, config.hidden_size)
    stacks = weights["mlp.experts.gate_up_proj"], weights["mlp.experts.down_proj"]
    routed = parts.experts(rows, *parts.route(rows, inside(weights, "mlp.gate."), config), *stacks)
    shared = swiglu(rows, inside(weights, "mlp.shared_experts."))
    return hidden + (routed + shared).reshape(hidden.shape), cache


# %% model
def model(tokens, weights, config, cache=None):
    hidden, caches = weights["model.embed_tokens.weight"][tokens], []
    for number in range(config.num_hidden_layers):
        own = inside(weights, f"model.layers.{number}.")
        hidden, kept = parts.layer(hidden, own, config, cache[number] if cache is not None else None)
        caches += [kept]
    hidden = F.rms_norm(hidden, (config.hidden_size,), eps=config.rms_norm_eps) * weights["model.norm.weight"]
    return hidden @ weights["lm_head.weight"].T, caches


# %% loss
def next_token_loss(logits, labels):
    log_p, targets = logits.log_softmax(-1)[:, :-1], labels[:, 1:]
    counts = targets != -100
    picked = log_p.gather(-1, targets.clamp(min=0)[..., None]).squeeze(-1)
    return -(picked * counts).sum() / counts.sum()


# %% generate
def generate(model, prompts, n_new):
    logits, cache = model(prompts, None)
    written = [prompts]
    while True:
        written.append(logits[:, -1].max(dim=-1, keepdim=True).indices)
        if len(written) > n_new:
            return torch.cat(written, dim=1)
        logits, cache = model(written[-1], cache)


# %% flops
def flops(weights, config, length):
    matrices = {name: tensor.numel() for name, tensor in weights.items() if tensor.dim() >= 2}
    idle = 1 - config.num_experts_per_tok / config.n_routed_experts
    experts = sum(size for name, size in matrices.items() if "mlp.experts" in name)
    active = sum(matrices.values()) - matrices["model.embed_tokens.weight"] - idle * experts
    pairs = length * length * config.num_hidden_layers * config.num_attention_heads
    each = config.qk_nope_head_dim + config.qk_rope_head_dim + config.v_head_dim
    forward = 2 * (length * active + pairs * each)
    return forward, forward + 2 * forward


# %% checkpoint
def checkpoint(weights):
    files = dict(weights)
    for stacked in [name for name in weights if ".experts." in name]:
        stack = files.pop(stacked)
        rows = stack.shape[1] // 2
        parts_of = {"down_proj": stack}
        if stacked.endswith("gate_up_proj"):
            parts_of = {"gate_proj": stack[:, :rows], "up_proj": stack[:, rows:]}
        for kind, matrices in parts_of.items():
            for number in range(len(matrices)):
                files[f"{stacked.rpartition('.')[0]}.{number}.{kind}.weight"] = matrices[number]
    return files
