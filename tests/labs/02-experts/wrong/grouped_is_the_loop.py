"""The loop of part 3 under another name: right values, no work saved.

loses: grouped-experts-hidden
message: a loop over the experts
"""


# %% grouped-experts
def experts_grouped(hidden, weights, indices, gate_up, down):
    return experts_by_loop(hidden, weights, indices, gate_up, down)
