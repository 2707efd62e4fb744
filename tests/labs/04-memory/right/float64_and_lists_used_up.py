"""Numbers of 64 bits, groups of heads in an einsum, lists that are used up, lists in place of tuples."""


# %% accept-drafts
def accept(drafts, choices):
    out = []
    while drafts and drafts[0] == choices[0]:
        out.append(choices.pop(0))
        drafts.pop(0)
    return (*out, choices[0])


def speed_up(acceptance, verify, draft):
    return (acceptance + 1) / (verify + draft)


def break_even(verify, draft):
    return verify - 1 + draft


# %% count-bytes
def cache_bytes_per_token(config, bits=16):
    layers = config["num_hidden_layers"]
    try:
        per = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    except KeyError:
        q = config["num_attention_heads"]
        per = config.get("num_key_value_heads", q) * config.get("head_dim", config["hidden_size"] / q) * 2
    return bits * per * layers * 0.125


# %% attend-with-cache
def attend_with_cache(q, k, v, cache, theta):
    k_old, v_old = cache
    n = k_old.shape[1]
    at = n + torch.arange(q.shape[1])
    q, k = rotate(q, at, theta), rotate(k, at, theta)
    K, V = torch.cat((k_old, k), 1), torch.cat((v_old, v), 1)
    H, G = q.shape[0], k.shape[0]
    qg = q.double().reshape(G, H // G, q.shape[1], -1)
    s = torch.einsum("ghid,gjd->ghij", qg, K.double()) / math.sqrt(q.shape[-1])
    j = torch.arange(K.shape[1])
    s = torch.where(j[None] <= at[:, None], s, -math.inf)
    out = torch.einsum("ghij,gjd->ighd", s.softmax(-1), V.double())
    return [out.reshape(q.shape[1], -1).float(), [K, V]]


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    z = torch.view_as_complex(x.double().reshape(*x.shape[:-1], -1, 2))
    f = theta ** -(torch.arange(x.shape[-1] // 2, dtype=torch.double) * 2 / x.shape[-1])
    turn = torch.polar(torch.ones(len(positions), len(f), dtype=torch.double), torch.outer(positions.double(), f))
    return torch.view_as_real(z * turn).reshape(x.shape)


# %% project
def project(hidden, positions, w, n_heads, rope_dim, theta):
    def rms(x, g):
        return (x.double() * torch.rsqrt(x.double().square().mean(-1, keepdim=True) + 1e-6)).float() * g

    low = rms(hidden @ w["q_a_proj.weight"].T, w["q_a_layernorm.weight"]) if "q_a_proj.weight" in w else None
    q = hidden @ w["q_proj.weight"].T if low is None else low @ w["q_b_proj.weight"].T
    q = q.reshape(len(hidden), n_heads, -1).permute(1, 0, 2)
    c, k = (hidden @ w["kv_a_proj_with_mqa.weight"].T).split([len(w["kv_a_layernorm.weight"]), rope_dim], dim=1)
    both = parts.turn(torch.cat([q[..., -rope_dim:], k[None]]), positions, theta)
    return [q[..., :-rope_dim], both[:-1], rms(c, w["kv_a_layernorm.weight"]), both[-1]]


# %% attend-by-expanding
def attend_by_expanding(q_nope, q_rope, latent, rope_key, kv_b, o):
    q_nope, q_rope, latent, rope_key, kv_b, o = (t.double() for t in (q_nope, q_rope, latent, rope_key, kv_b, o))
    H, n, d = q_nope.shape
    W = kv_b.reshape(H, -1, latent.shape[1])
    K = torch.einsum("hdr,tr->htd", W[:, :d], latent)
    V = torch.einsum("hdr,tr->htd", W[:, d:], latent)
    q = torch.cat([q_nope, q_rope], -1)
    K = torch.cat([K, rope_key.expand(H, -1, -1)], -1)
    keep = torch.ones(n, len(latent), dtype=torch.bool).tril(len(latent) - n)
    y = F.scaled_dot_product_attention(q, K, V, attn_mask=keep)
    return torch.einsum("hnd,Dhd->nD", y, o.reshape(len(o), H, -1))


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    q_nope, q_rope, latent, rope_key, kv_b, o = (t.double() for t in (q_nope, q_rope, latent, rope_key, kv_b, o))
    H, n, d = q_nope.shape
    W = kv_b.reshape(H, -1, latent.shape[1])
    q = torch.cat([torch.einsum("hnd,hdr->hnr", q_nope, W[:, :d]), q_rope], -1)
    K = torch.cat([latent, rope_key], -1)
    s = torch.einsum("hnr,tr->hnt", q, K) * (d + q_rope.shape[2]) ** -0.5
    s = s + torch.full((n, len(latent)), -math.inf, dtype=torch.double).triu(len(latent) - n + 1)
    y = torch.einsum("hnt,tr->hnr", s.softmax(2), latent)
    y = torch.einsum("hnr,hvr->nhv", y, W[:, d:])
    return y.flatten(1) @ o.T
