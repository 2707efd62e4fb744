"""Frequencies as a list, a loss by gather, the model called by keyword, operations as tensors."""


# %% rotary
def rotary(config):
    rope, dim = (config.rope_parameters, config.qk_rope_head_dim)
    frequencies = rope["rope_theta"] ** (-torch.arange(0, dim, 2) / dim)
    scale = (config.qk_nope_head_dim + dim) ** (-0.5)
    if rope["rope_type"] == "default":
        return (frequencies.tolist(), scale)

    def place(turns):
        length = rope["original_max_position_embeddings"]
        return dim * math.log(length / (2 * math.pi * turns)) / (2 * math.log(rope["rope_theta"]))

    low = max(math.floor(place(rope["beta_fast"])), 0)
    high = min(math.ceil(place(rope["beta_slow"])), dim - 1)
    slowed = ((torch.arange(dim // 2) - low) / (high - low)).clamp(0, 1)
    m = 0.1 * rope["mscale_all_dim"] * math.log(rope["factor"]) + 1
    return (((1 - slowed) * frequencies + slowed * frequencies / rope["factor"]).tolist(), scale * m**2)


# %% loss
def next_token_loss(logits, labels):
    y = labels.roll(-1, 1)
    y[:, -1] = -100
    p = logits.log_softmax(-1).gather(2, y.clamp(min=0)[..., None])[..., 0]
    m = (y != -100).float()
    return -(p * m).sum() / m.sum()


# %% generate
def generate(model, prompts, n_new):
    tokens, new, cache = (prompts, prompts, None)
    for _ in range(n_new):
        logits, cache = model(tokens=new, cache=cache)
        new = logits[:, -1].topk(1).indices
        tokens = torch.hstack([tokens, new])
    return tokens


# %% flops
def flops(weights, config, length):
    active = 0
    for name, tensor in weights.items():
        if tensor.dim() > 1 and "embed_tokens" not in name:
            share = config.num_experts_per_tok / config.n_routed_experts if ".experts." in name else 1
            active += share * tensor.numel()
    widths = config.qk_nope_head_dim + config.qk_rope_head_dim + config.v_head_dim
    attended = config.num_hidden_layers * 2 * length**2 * config.num_attention_heads * widths
    forward = 2 * length * active + attended
    return (torch.tensor(forward), torch.tensor(3 * forward))
