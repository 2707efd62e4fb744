"""Latents and rotary keys are returned in one tensor.

loses: attention-visible, attention-hidden
message: expected a pair (latents, rotary keys)
"""


# %% attention
def attention(hidden, weights, config, cache=None):
    frequencies, scale = parts.rotary(config)
    nope, rope = (config.qk_nope_head_dim, config.qk_rope_head_dim)
    batch, new, _ = hidden.shape
    past = 0 if cache is None else cache[0].shape[1]
    angles = torch.arange(past, past + new)[:, None] * frequencies

    def turn(x, angles):
        a, b = (x[..., 0::2], x[..., 1::2])
        turned = (a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos())
        return torch.stack(turned, dim=-1).flatten(-2)

    def norm(x, weight):
        return F.rms_norm(x, weight.shape, weight, 1e-06)

    if config.q_lora_rank is None:
        queries = F.linear(hidden, weights["q_proj.weight"])
    else:
        low = norm(F.linear(hidden, weights["q_a_proj.weight"]), weights["q_a_layernorm.weight"])
        queries = F.linear(low, weights["q_b_proj.weight"])
    queries = queries.view(batch, new, -1, nope + rope)
    queries = torch.cat([queries[..., :nope], turn(queries[..., nope:], angles[:, None])], dim=-1)
    latent, key = F.linear(hidden, weights["kv_a_proj_with_mqa.weight"]).split([config.kv_lora_rank, rope], dim=-1)
    latent, key = (norm(latent, weights["kv_a_layernorm.weight"]), turn(key, angles))
    if cache is not None:
        latent, key = (torch.cat([cache[0], latent], dim=1), torch.cat([cache[1], key], dim=1))
    expanded = F.linear(latent, weights["kv_b_proj.weight"]).view(batch, past + new, -1, nope + config.v_head_dim)
    keys, values = expanded.split([nope, config.v_head_dim], dim=-1)
    keys = torch.cat([keys, key[:, :, None].expand(-1, -1, keys.shape[2], -1)], dim=-1)
    products = scale * torch.einsum("bqhd,bkhd->bhqk", queries, keys)
    later = torch.ones(new, past + new, dtype=torch.bool).triu(past + 1)
    shares = products.masked_fill(later, -torch.inf).softmax(-1)
    mixed = torch.einsum("bhqk,bkhd->bqhd", shares, values)
    return (F.linear(mixed.flatten(2), weights["o_proj.weight"]), torch.cat([latent, key], -1))
