"""The last token is read as well: off by one.

loses: sample-flops-visible, sample-flops-hidden
message: the last token is never read
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)
    each = [2 * model.active + attention * t for t in range(1, prompt + new + 1)]
    return sum(each[:prompt]), sum(each[prompt:])
