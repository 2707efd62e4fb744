"""Loops over heads, tokens and groups; own functions and not `parts`; PyTorch's fused attention."""


# %% rotary
def rotary(config):
    rope, d = config.rope_parameters, config.qk_rope_head_dim
    f = [rope["rope_theta"] ** (-2 * i / d) for i in range(d // 2)]
    scale = (d + config.qk_nope_head_dim) ** -0.5
    if rope["rope_type"] != "yarn":
        return torch.tensor(f), scale

    def p(r):
        return (
            d
            * math.log(rope["original_max_position_embeddings"] / (2 * math.pi * r))
            / 2
            / math.log(rope["rope_theta"])
        )

    low, high = max(0, math.floor(p(rope["beta_fast"]))), min(d - 1, math.ceil(p(rope["beta_slow"])))
    for i in range(len(f)):
        ramp = min(1, max(0, (i - low) / (high - low)))
        f[i] = (1 - ramp) * f[i] + ramp * f[i] / rope["factor"]
    m = 1 + rope["mscale_all_dim"] * math.log(rope["factor"]) / 10
    return torch.tensor(f), scale * m * m


# %% route
def route(tokens, weights, config):
    scores = F.linear(tokens, weights["weight"]).sigmoid()
    size = config.n_routed_experts // config.n_group
    all_weights, all_indices = [], []
    for own in scores:
        biased = (own + weights["e_score_correction_bias"]).tolist()
        groups = [biased[group * size : (group + 1) * size] for group in range(config.n_group)]
        order = sorted(range(config.n_group), key=lambda group: -sum(sorted(groups[group])[-2:]))  # noqa: B023
        allowed = [group * size + place for group in order[: config.topk_group] for place in range(size)]
        chosen = sorted(allowed, key=lambda expert: -biased[expert])[: config.num_experts_per_tok]  # noqa: B023
        all_indices.append(torch.tensor(chosen))
        all_weights.append(config.routed_scaling_factor * own[chosen] / own[chosen].sum())
    return torch.stack(all_weights), torch.stack(all_indices)


# %% attention
def rms(x, weight, eps=1e-6):
    return weight * x / (x.square().mean(-1, keepdim=True) + eps).sqrt()


def turn(x, places, frequencies):
    columns = []
    for pair, frequency in enumerate(frequencies):
        a, b, angle = x[..., 2 * pair], x[..., 2 * pair + 1], places * frequency
        columns += [a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()]
    return torch.stack(columns, dim=-1)


def attention(hidden, weights, config, cache=None):
    frequencies, scale = rotary(config)
    nope, rank = config.qk_nope_head_dim, config.kv_lora_rank
    past = 0 if cache is None else cache[1].shape[1]
    places = torch.arange(hidden.shape[1]) + past
    if config.q_lora_rank is None:
        queries = F.linear(hidden, weights["q_proj.weight"])
    else:
        queries = rms(F.linear(hidden, weights["q_a_proj.weight"]), weights["q_a_layernorm.weight"])
        queries = F.linear(queries, weights["q_b_proj.weight"])
    down = F.linear(hidden, weights["kv_a_proj_with_mqa.weight"])
    latents, keys = rms(down[..., :rank], weights["kv_a_layernorm.weight"]), turn(down[..., rank:], places, frequencies)
    if past:
        latents, keys = torch.cat((cache[0], latents), 1), torch.cat((cache[1], keys), 1)
    heads = config.num_attention_heads
    outputs = []
    for query, up in zip(queries.chunk(heads, -1), weights["kv_b_proj.weight"].chunk(heads), strict=True):
        query = torch.cat((query[..., :nope], turn(query[..., nope:], places, frequencies)), -1)
        key = torch.cat((F.linear(latents, up[:nope]), keys), -1)
        seen = torch.arange(latents.shape[1])[None] <= places[:, None]
        value = F.linear(latents, up[nope:])
        outputs.append(F.scaled_dot_product_attention(query, key, value, attn_mask=seen, scale=scale))
    return F.linear(torch.cat(outputs, -1), weights["o_proj.weight"]), (latents, keys)


# %% layer
def layer(hidden, weights, config, cache=None):
    x = rms(hidden, weights["input_layernorm.weight"], config.rms_norm_eps)
    x, cache = attention(x, inside(weights, "self_attn."), config, cache)
    hidden = hidden + x
    x = rms(hidden, weights["post_attention_layernorm.weight"], config.rms_norm_eps)
    mixture = "mlp.gate.weight" in weights
    always = "mlp.shared_experts." if mixture else "mlp."
    up = F.linear(x, weights[always + "up_proj.weight"])
    output = F.linear(
        up * F.silu(F.linear(x, weights[always + "gate_proj.weight"])), weights[always + "down_proj.weight"]
    )
    if mixture:
        rows = x.flatten(0, 1)
        shares, indices = route(rows, inside(weights, "mlp.gate."), config)
        gate_up, down = weights["mlp.experts.gate_up_proj"], weights["mlp.experts.down_proj"]
        output = output + parts.experts(rows, shares, indices, gate_up, down).view(x.shape)
    return hidden + output, cache


# %% model
def model(tokens, weights, config, cache=None):
    hidden = F.embedding(tokens, weights["model.embed_tokens.weight"])
    cache = list(cache) if cache else [None] * config.num_hidden_layers
    for number in range(config.num_hidden_layers):
        prefix = f"model.layers.{number}."
        own = {name[len(prefix) :]: tensor for name, tensor in weights.items() if name.startswith(prefix)}
        hidden, cache[number] = layer(hidden, own, config, cache[number])
    return F.linear(rms(hidden, weights["model.norm.weight"], config.rms_norm_eps), weights["lm_head.weight"]), cache


# %% loss
def next_token_loss(logits, labels):
    losses = []
    for text, label in zip(logits, labels, strict=True):
        for place in range(len(label) - 1):
            if label[place + 1] != -100:
                losses.append(text[place].logsumexp(0) - text[place, label[place + 1]])
    return torch.stack(losses).mean()


# %% generate
def generate(model, prompts, n_new):
    cache, tokens = None, prompts
    for step in range(n_new):
        logits, cache = model(tokens if step == 0 else tokens[:, -1:], cache)
        tokens = torch.hstack([tokens, logits[:, -1].argmax(dim=1).unsqueeze(1)])
    return tokens


# %% flops
def flops(weights, config, length):
    forward = 0.0
    for name, tensor in weights.items():
        if name == "model.embed_tokens.weight" or tensor.ndim == 1:
            continue
        numbers = math.prod(tensor.shape)
        if name.endswith(("experts.gate_up_proj", "experts.down_proj")):
            numbers = numbers // tensor.shape[0] * config.num_experts_per_tok
        forward += 2 * numbers * length
    for _layer in range(config.num_hidden_layers):
        for width in (config.qk_nope_head_dim + config.qk_rope_head_dim, config.v_head_dim):
            forward += 2 * config.num_attention_heads * length * length * width
    return forward, 3 * forward


# %% checkpoint
def checkpoint(weights):
    files = {}
    for name, tensor in weights.items():
        start, _, end = name.partition(".experts.")
        if end == "gate_up_proj":
            width = tensor.shape[1] // 2
            for number in range(tensor.shape[0]):
                files[f"{start}.experts.{number}.gate_proj.weight"] = tensor[number, :width].clone()
                files[f"{start}.experts.{number}.up_proj.weight"] = tensor[number, width:].clone()
        elif end == "down_proj":
            files.update({f"{start}.experts.{n}.down_proj.weight": tensor[n].clone() for n in range(tensor.shape[0])})
        else:
            files[name] = tensor
    return files
