"""A single new token is read back, though it is the last.

loses: sample-flops-hidden
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)
    each = [2 * model.active + attention * t for t in range(1, prompt + max(new, 2))]
    return sum(each[:prompt]), sum(each[prompt:])
