"""Summed in float32, which holds seven digits.

loses: sample-flops-hidden
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    t = torch.arange(1, prompt + new, dtype=torch.float32)
    each = 2 * model.active + 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim) * t
    return each[:prompt].sum(), each[prompt:].sum()
