"""A multiplication and an addition counted as one.

loses: sample-flops-visible, sample-flops-hidden
message: the factor 2 is missing
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)
    each = [model.active + attention * t for t in range(1, prompt + new)]
    return sum(each[:prompt]), sum(each[prompt:])
