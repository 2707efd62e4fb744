"""Products by einsum, attention by PyTorch's own function with a mask, rotation by complex numbers."""


# %% count-bytes
def cache_bytes_per_token(config, bits=16):
    layers = config["num_hidden_layers"]
    rank = config.get("kv_lora_rank")
    if rank:
        return layers * (rank + config["qk_rope_head_dim"]) * (bits / 8)
    heads = config["num_attention_heads"]
    size = config["head_dim"] if config.get("head_dim") else config["hidden_size"] / heads
    kept = config["num_key_value_heads"] if config.get("num_key_value_heads") else heads
    return 2 * layers * kept * size * (bits / 8)


# %% attend-with-cache
def attend_with_cache(q, k, v, cache, theta):
    past = cache[0].size(1)
    positions = past + torch.arange(q.size(1))
    keys = torch.hstack([cache[0], rotate(k, positions, theta)])
    values = torch.hstack([cache[1], v])
    seen = torch.arange(keys.size(1)) <= positions[:, None]
    turned = rotate(q, positions, theta)
    mixed = F.scaled_dot_product_attention(turned, keys, values, attn_mask=seen, enable_gqa=True)
    return mixed.permute(1, 0, 2).reshape(q.size(1), -1), (keys, values)


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    angles = torch.outer(positions.float(), 1 / theta ** (torch.arange(0, rope, 2) / rope))
    turns = torch.polar(torch.ones_like(angles), angles)
    return torch.view_as_real(torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2)) * turns).flatten(-2)


# %% project
def project(hidden, positions, w, n_heads, rope_dim, theta):
    def through(name, x):
        return torch.einsum("sd,rd->sr", x, w[f"{name}.weight"])

    def normed(name, x):
        return F.rms_norm(x, x.shape[-1:], eps=1e-6) * w[f"{name}.weight"]

    low_rank = "q_b_proj.weight" in w
    queries = through("q_b_proj", normed("q_a_layernorm", through("q_a_proj", hidden))) if low_rank else None
    queries = queries if low_rank else through("q_proj", hidden)
    queries = queries.view(len(hidden), n_heads, -1).permute(1, 0, 2)
    q_nope, q_rope = queries.tensor_split([queries.shape[-1] - rope_dim], dim=-1)
    kept = through("kv_a_proj_with_mqa", hidden)
    latent, rope_key = kept.tensor_split([kept.shape[-1] - rope_dim], dim=-1)
    return [
        q_nope,
        rotate_neighbours(q_rope, positions, theta),
        normed("kv_a_layernorm", latent),
        rotate_neighbours(rope_key, positions, theta),
    ]


def rotate_neighbours(x, positions, theta):
    return parts.turn(x.contiguous(), positions, theta)


# %% attend-by-expanding
def attend_by_expanding(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    expanded = torch.einsum("tr,hnr->htn", latent, kv_b.view(heads, -1, latent.shape[1]))
    keys = torch.cat([expanded[..., :nope], rope_key.expand(heads, -1, -1)], dim=-1)
    seen = torch.ones(n_new, len(latent), dtype=torch.bool).tril(len(latent) - n_new)
    query = torch.cat([q_nope, q_rope], dim=-1)
    mixed = F.scaled_dot_product_attention(query, keys, expanded[..., nope:], attn_mask=seen)
    return F.linear(mixed.transpose(0, 1).reshape(n_new, -1), o)


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    matrices = kv_b.view(heads, -1, latent.shape[1])
    moved = torch.einsum("hqn,hnr->hqr", q_nope, matrices[:, :nope])
    query, memory = torch.cat([moved, q_rope], dim=-1), torch.cat([latent, rope_key], dim=-1)
    scores = torch.einsum("hqr,tr->hqt", query, memory) / (nope + q_rope.shape[-1]) ** 0.5
    late = torch.arange(len(latent)) > torch.arange(len(latent) - n_new, len(latent))[:, None]
    weights = scores.masked_fill(late, float("-inf")).softmax(dim=-1)
    mixed = torch.einsum("hqt,tr->hqr", weights, latent)
    values = torch.einsum("hqr,hvr->qhv", mixed, matrices[:, nope:])
    return F.linear(values.flatten(1), o)


# %% accept-drafts
def accept(drafts, choices):
    for count, draft in enumerate(drafts):
        if draft != choices[count]:
            return drafts[:count] + [choices[count]]
    return drafts + choices[-1:]


def speed_up(acceptance, verify, draft):
    return (1 + acceptance) / (verify + draft)


def break_even(verify, draft):
    return -1.0 + (draft + verify)
