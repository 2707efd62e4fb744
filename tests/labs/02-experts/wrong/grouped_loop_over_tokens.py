"""A token at a time, with all its experts in one product: right values, and two products for each token.

loses: grouped-experts-hidden
message: or over the tokens
"""


# %% grouped-experts
def experts_grouped(hidden, weights, indices, gate_up, down):
    rows = []
    for token, weight, chosen in zip(hidden, weights, indices, strict=True):
        gate, up = (gate_up[chosen] @ token).chunk(2, dim=-1)
        answers = down[chosen] @ (F.silu(gate) * up)[:, :, None]
        rows.append(weight @ answers[:, :, 0])
    return torch.stack(rows)
