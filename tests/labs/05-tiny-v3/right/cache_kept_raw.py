"""Latents are normed, and keys turned, where they are used: the cache holds them raw, and the output is the same."""


# %% attention
def attention(hidden, weights, config, cache=None):
    frequencies, scale = parts.rotary(config)
    nope, rope = config.qk_nope_head_dim, config.qk_rope_head_dim
    kept = F.linear(hidden, weights["kv_a_proj_with_mqa.weight"])
    raw_latent, raw_key = kept[..., :-rope], kept[..., -rope:]
    if cache is not None:
        raw_latent = torch.cat([cache[0], raw_latent], dim=1)
        raw_key = torch.cat([cache[1], raw_key], dim=1)
    total, new = raw_latent.shape[1], hidden.shape[1]

    def turn(x, places):
        angles = places[:, None] * frequencies
        turns = torch.polar(torch.ones_like(angles), angles)
        pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
        return torch.view_as_real(pairs * turns).flatten(-2)

    places = torch.arange(total)
    latent = F.rms_norm(raw_latent, (config.kv_lora_rank,), weights["kv_a_layernorm.weight"], 1e-6)
    key = turn(raw_key, places)

    queries = hidden
    if config.q_lora_rank is not None:
        queries = F.linear(queries, weights["q_a_proj.weight"])
        queries = F.rms_norm(queries, queries.shape[-1:], weights["q_a_layernorm.weight"], 1e-6)
    queries = F.linear(queries, weights["q_proj.weight" if config.q_lora_rank is None else "q_b_proj.weight"])
    queries = queries.unflatten(-1, (config.num_attention_heads, nope + rope)).transpose(1, 2)
    queries = torch.cat([queries[..., :nope], turn(queries[..., nope:], places[total - new :])], dim=-1)

    expanded = F.linear(latent, weights["kv_b_proj.weight"])
    expanded = expanded.unflatten(-1, (config.num_attention_heads, -1)).transpose(1, 2)
    keys = torch.cat([expanded[..., :nope], key[:, None].expand(-1, config.num_attention_heads, -1, -1)], dim=-1)
    seen = places <= places[total - new :, None]
    mixed = F.scaled_dot_product_attention(queries, keys, expanded[..., nope:], attn_mask=seen, scale=scale)
    return F.linear(mixed.transpose(1, 2).flatten(2), weights["o_proj.weight"]), (raw_latent, raw_key)
