"""Written out with loops over heads and tokens: slow, and right."""


# %% count-bytes
def cache_bytes_per_token(config, bits=16):
    total = 0
    for _ in range(config["num_hidden_layers"]):
        if "kv_lora_rank" in config and config["kv_lora_rank"] is not None:
            total += bits * config["kv_lora_rank"] + bits * config["qk_rope_head_dim"]
            continue
        heads = config.get("num_key_value_heads", config["num_attention_heads"])
        width = config.get("head_dim", config["hidden_size"] / config["num_attention_heads"])
        total += bits * heads * width + bits * heads * width
    return total / 8


# %% attend-with-cache
def attend_with_cache(q, k, v, cache, theta):
    keys, values = cache
    rows = []
    for token in range(q.shape[1]):
        position = torch.tensor([keys.shape[1]])
        keys = torch.cat([keys, rotate(k[:, [token]], position, theta)], dim=1)
        values = torch.cat([values, v[:, [token]]], dim=1)
        query = rotate(q[:, [token]], position, theta)
        heads = []
        for head in range(len(q)):
            mine = head * len(k) // len(q)
            weights = (query[head] @ keys[mine].T / q.shape[-1] ** 0.5).softmax(-1)
            heads.append(weights @ values[mine])
        rows.append(torch.cat(heads, dim=-1))
    return torch.cat(rows), (keys, values)


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    turned = torch.empty_like(x)
    for i in range(x.shape[-1] // 2):
        angle = positions * theta ** (-2 * i / x.shape[-1])
        a, b = x[..., 2 * i], x[..., 2 * i + 1]
        turned[..., 2 * i] = a * torch.cos(angle) - b * torch.sin(angle)
        turned[..., 2 * i + 1] = a * torch.sin(angle) + b * torch.cos(angle)
    return turned


# %% project
def root_mean_square(x):
    return (x.square().mean(-1, keepdim=True) + 1e-6).sqrt()


def project(hidden, positions, w, n_heads, rope_dim, theta):
    if w.get("q_proj.weight") is not None:
        queries = hidden @ w["q_proj.weight"].T
    else:
        narrow = hidden @ w["q_a_proj.weight"].T
        queries = (w["q_a_layernorm.weight"] * narrow / root_mean_square(narrow)) @ w["q_b_proj.weight"].T
    heads = torch.stack(queries.chunk(n_heads, dim=-1))
    rank = w["kv_a_layernorm.weight"].numel()
    kept = hidden @ w["kv_a_proj_with_mqa.weight"].T
    latent, key = kept.split([rank, rope_dim], dim=-1)
    nope = heads.shape[-1] - rope_dim
    latent = latent / root_mean_square(latent) * w["kv_a_layernorm.weight"]
    turned = torch.stack([parts.turn(head[:, nope:], positions, theta) for head in heads])
    return heads[:, :, :nope], turned, latent, parts.turn(key, positions, theta)


# %% attend-by-expanding
def attend_by_expanding(q_nope, q_rope, latent, rope_key, kv_b, o):
    n_new, n_all = q_nope.shape[1], latent.shape[0]
    mixed = []
    for head, rows in enumerate(kv_b.chunk(len(q_nope))):
        keys = torch.cat([latent @ rows[: q_nope.shape[2]].T, rope_key], dim=-1)
        values = latent @ rows[q_nope.shape[2] :].T
        query = torch.cat([q_nope[head], q_rope[head]], dim=-1)
        answers = []
        for token in range(n_new):
            seen = n_all - n_new + token + 1
            weights = (keys[:seen] @ query[token] / query.shape[-1] ** 0.5).softmax(0)
            answers.append(weights @ values[:seen])
        mixed.append(torch.stack(answers))
    return torch.cat(mixed, dim=-1) @ o.T


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    n_all, v_dim = len(latent), o.shape[1] // heads
    output = 0
    for head in range(heads):
        rows = kv_b[head * (nope + v_dim) : (head + 1) * (nope + v_dim)]
        scores = (q_nope[head] @ rows[:nope]) @ latent.T + q_rope[head] @ rope_key.T
        scores = scores * (nope + q_rope.shape[2]) ** -0.5
        place = torch.arange(n_all)
        scores = torch.where(place > n_all - n_new + torch.arange(n_new)[:, None], -torch.inf, scores)
        mixed = torch.softmax(scores, dim=1) @ latent
        output = output + (mixed @ rows[nope:].T) @ o[:, head * v_dim : (head + 1) * v_dim].T
    return output


# %% accept-drafts
def accept(drafts, choices):
    written = []
    for draft, choice in zip(drafts, choices, strict=False):
        written.append(choice)
        if draft != choice:
            return written
    return [*written, choices[-1]]


def speed_up(acceptance, verify, draft):
    tokens, cost = 1 + acceptance, verify + draft
    return tokens / cost


def break_even(verify, draft):
    return (verify - 1) + draft
