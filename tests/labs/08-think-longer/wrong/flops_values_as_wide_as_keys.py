"""Values are taken to be as wide as keys.

loses: sample-flops-visible, sample-flops-hidden
message: 2 d_qk stands for d_qk + d_v
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    a = 2 * model.n_layers * model.n_heads * (2 * model.qk_dim)

    def f(x):
        return 2 * model.active * x + a * x * (x + 1) // 2

    return f(prompt), f(prompt + new - 1) - f(prompt)
