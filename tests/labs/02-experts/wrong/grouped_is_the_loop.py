"""The loop of part 3 under another name: right values, no work saved.

loses: grouped-experts-hidden
message: a loop over the experts
"""


# %% grouped-experts
def experts_grouped(hidden, weights, indices, gate_up, down):
    output = torch.zeros_like(hidden)
    for expert in range(len(gate_up)):
        token, place = torch.where(indices == expert)
        gate, up = F.linear(hidden[token], gate_up[expert]).chunk(2, dim=-1)
        answer = F.linear(F.silu(gate) * up, down[expert])
        output = output.index_add(0, token, weights[token, place, None] * answer)
    return output
