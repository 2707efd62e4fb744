"""Positions from 0: a token does not attend to itself.

loses: sample-flops-visible, sample-flops-hidden
message: attention counts the tokens before, and not the token itself
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)
    each = [2 * model.active + attention * t for t in range(prompt + new - 1)]
    return sum(each[:prompt]), sum(each[prompt:])
