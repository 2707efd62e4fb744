"""Each pair of token and place fetches its own expert's matrices: much memory, two products."""


# %% grouped-experts
def experts_grouped(hidden, weights, indices, gate_up, down):
    gate, up = (gate_up[indices] @ hidden[:, None, :, None]).chunk(2, dim=2)
    answers = down[indices] @ (F.silu(gate) * up)
    return (weights[..., None] * answers.squeeze(-1)).sum(dim=1)
