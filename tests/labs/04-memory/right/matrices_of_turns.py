"""Turns as small matrices, a mask by comparison, one head after the other, keys joined behind each head."""


# %% attend-with-cache
def attend_with_cache(q, k, v, cache, theta):
    past = cache[0].size(-2)
    places = torch.tensor([past + i for i in range(q.size(1))])
    q, k = rotate(q, places, theta), rotate(k, places, theta)
    keys, values = torch.cat((cache[0], k), 1), torch.cat((cache[1], v), 1)
    heads = []
    for number, query in enumerate(q):
        own = number * len(k) // len(q)
        scores = torch.mm(query, keys[own].mT) * query.size(-1) ** -0.5
        scores[places[:, None] < torch.arange(keys.size(1))] = float("-inf")
        heads.append(torch.mm(torch.softmax(scores, 1), values[own]))
    return torch.cat(heads, 1), [keys, values]


# %% rotate-pairs
def rotate_pairs(x, positions, theta):
    rope = x.shape[-1]
    rates = torch.tensor([theta ** (-2 * i / rope) for i in range(rope // 2)], dtype=torch.double)
    angles = torch.outer(positions.double(), rates)
    cos, sin = angles.cos().to(x), angles.sin().to(x)
    turns = torch.stack([torch.stack([cos, -sin], -1), torch.stack([sin, cos], -1)], -2)
    return (turns @ x.unflatten(-1, (-1, 2)).unsqueeze(-1)).squeeze(-1).flatten(-2)


# %% attend-by-expanding
def attend_by_expanding(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, new, nope = q_nope.shape
    total, width = latent.size(0), kv_b.size(0) // heads
    mask = torch.arange(total)[None] > torch.arange(total - new, total)[:, None]
    output = torch.zeros(new, o.size(0))
    for head, (rows, columns) in enumerate(zip(kv_b.split(width), o.split(width - nope, dim=1), strict=True)):
        both = latent @ rows.mT
        queries = torch.cat([q_nope[head], q_rope[head]], -1)
        keys = torch.cat([both[:, :nope], rope_key], -1)
        scores = (queries @ keys.mT / keys.size(-1) ** 0.5).masked_fill(mask, -torch.inf)
        output = output + scores.softmax(-1) @ both[:, nope:] @ columns.mT
    return output
