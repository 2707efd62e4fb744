"""A later expert overwrites what an earlier one has added.

loses: loop-experts-visible, loop-experts-hidden
message: overwrote an earlier one
"""


# %% loop-experts
def experts_by_loop(hidden, weights, indices, gate_up, down):
    output = torch.zeros_like(hidden)
    for expert in range(len(gate_up)):
        token, place = torch.where(indices == expert)
        gate, up = F.linear(hidden[token], gate_up[expert]).chunk(2, dim=-1)
        answer = F.linear(F.silu(gate) * up, down[expert])
        output = output.index_copy(0, token, weights[token, place, None] * answer)
    return output
