"""Half of the last position, rounded down, before it is multiplied.

loses: sample-flops-visible sample-flops-hidden
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)

    def positions_up_to(last):
        return 2 * model.active * last + attention * (last // 2) * (last + 1)

    reading = positions_up_to(prompt)
    return reading, positions_up_to(prompt + new - 1) - reading
