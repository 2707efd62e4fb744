"""A list of rows, which compares equal, where a tensor is asked for.

loses: loop-experts-visible, loop-experts-hidden
message: expected a tensor of shape [2, 3], yours gave a list
"""


# %% loop-experts
def experts_by_loop(hidden, weights, indices, gate_up, down):
    output = torch.zeros_like(hidden)
    for expert in range(len(gate_up)):
        token, place = torch.where(indices == expert)
        gate, up = F.linear(hidden[token], gate_up[expert]).chunk(2, dim=-1)
        answer = F.linear(F.silu(gate) * up, down[expert])
        output = output.index_add(0, token, weights[token, place, None] * answer)
    return output.tolist()
