"""Attention of one layer only.

loses: sample-flops-visible, sample-flops-hidden
message: the layers are missing in attention
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_heads * (model.qk_dim + model.v_dim)
    each = [2 * model.active + attention * t for t in range(1, prompt + new)]
    return sum(each[:prompt]), sum(each[prompt:])
