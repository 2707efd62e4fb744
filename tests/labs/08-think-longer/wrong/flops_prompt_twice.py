"""The prompt is in `writing` as well.

loses: sample-flops-visible, sample-flops-hidden
message: the prompt is counted in `reading`
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)
    each = [2 * model.active + attention * t for t in range(1, prompt + new)]
    return sum(each[:prompt]), sum(each)
