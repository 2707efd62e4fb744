"""Absorbed with the value matrices moved into `o`, one product at the end; works in place on its own copies."""


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    heads, n_new, nope = q_nope.shape
    to_key, to_value = kv_b.view(heads, -1, latent.shape[1]).split([nope, o.shape[1] // heads], dim=1)
    scores = torch.bmm(q_nope, to_key).matmul(latent.t())
    scores += q_rope.matmul(rope_key.t())
    scores /= (nope + q_rope.shape[-1]) ** 0.5
    scores += torch.full((n_new, len(latent)), float("-inf")).triu(len(latent) - n_new + 1)
    mixed = scores.softmax(-1).matmul(latent)
    out = o.view(len(o), heads, -1).permute(1, 0, 2).bmm(to_value)
    return torch.einsum("hqr,hdr->qd", mixed, out)


# %% accept-drafts
def accept(drafts, choices):
    agree = [draft == choice for draft, choice in zip(drafts, choices, strict=False)]
    return choices[: (agree + [False]).index(False) + 1]


def speed_up(acceptance, verify, draft):
    return 1 / ((verify + draft) / (1 + acceptance))


def break_even(verify, draft):
    return sum((verify, draft, -1))
