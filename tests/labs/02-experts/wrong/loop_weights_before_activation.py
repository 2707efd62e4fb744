"""The weight multiplies the input of the expert and not its answer.

loses: loop-experts-visible, loop-experts-hidden
message: before the activation
"""


# %% loop-experts
def experts_by_loop(hidden, weights, indices, gate_up, down):
    output = torch.zeros_like(hidden)
    for expert in range(len(gate_up)):
        token, place = torch.where(indices == expert)
        gate, up = F.linear(weights[token, place, None] * hidden[token], gate_up[expert]).chunk(2, dim=-1)
        output = output.index_add(0, token, F.linear(F.silu(gate) * up, down[expert]))
    return output
