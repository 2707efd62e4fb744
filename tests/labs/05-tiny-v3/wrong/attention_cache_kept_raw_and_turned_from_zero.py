"""The cache holds raw keys, but those of each piece are turned as if the piece began at 0.

loses: attention-visible attention-hidden
message: do not go on where the last piece ended
"""


# %% attention
def attention(hidden, weights, config, cache=None):
    frequencies, scale = parts.rotary(config)
    nope, rope, heads = config.qk_nope_head_dim, config.qk_rope_head_dim, config.num_attention_heads
    batch, new, _ = hidden.shape

    def turn(x):
        angles = torch.arange(x.shape[1])[:, None] * frequencies
        angles = angles.view(1, len(angles), *[1] * (x.dim() - 3), -1)
        a, b = x[..., 0::2], x[..., 1::2]
        turned = a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()
        return torch.stack(turned, dim=-1).flatten(-2)

    def norm(x, weight):
        return F.rms_norm(x, weight.shape, weight, 1e-6)

    if config.q_lora_rank is None:
        queries = F.linear(hidden, weights["q_proj.weight"])
    else:
        low = norm(F.linear(hidden, weights["q_a_proj.weight"]), weights["q_a_layernorm.weight"])
        queries = F.linear(low, weights["q_b_proj.weight"])
    queries = queries.view(batch, new, heads, nope + rope)
    queries = torch.cat([queries[..., :nope], turn(queries[..., nope:])], dim=-1)

    latent, key = F.linear(hidden, weights["kv_a_proj_with_mqa.weight"]).split([config.kv_lora_rank, rope], dim=-1)
    if cache is not None:
        latent, key = torch.cat([cache[0], latent], dim=1), torch.cat([cache[1], key], dim=1)
    total = latent.shape[1]
    expanded = F.linear(norm(latent, weights["kv_a_layernorm.weight"]), weights["kv_b_proj.weight"])
    keys, values = expanded.view(batch, total, heads, -1).split([nope, config.v_head_dim], dim=-1)
    keys = torch.cat([keys, turn(key)[:, :, None].expand(-1, -1, heads, -1)], dim=-1)
    products = scale * torch.einsum("bqhd,bkhd->bhqk", queries, keys)
    later = torch.ones(new, total, dtype=torch.bool).triu(total - new + 1)
    shares = products.masked_fill(later, -torch.inf).softmax(-1)
    mixed = torch.einsum("bhqk,bkhd->bqhd", shares, values)
    return F.linear(mixed.flatten(2), weights["o_proj.weight"]), (latent, key)
