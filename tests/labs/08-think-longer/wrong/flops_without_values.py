"""Queries and keys only.

loses: sample-flops-visible, sample-flops-hidden
message: only queries and keys were counted
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * model.qk_dim
    each = [2 * model.active + attention * t for t in range(1, prompt + new)]
    return sum(each[:prompt]), sum(each[prompt:])
