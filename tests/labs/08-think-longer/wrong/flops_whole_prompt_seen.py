"""Every token of the prompt attends to the whole prompt.

loses: sample-flops-visible, sample-flops-hidden
message: every token was let attend to the whole prompt
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)
    writing = sum(2 * model.active + attention * t for t in range(prompt + 1, prompt + new))
    return prompt * (2 * model.active + attention * prompt), writing
