"""All positions are taken for the middle one, rounded down.

loses: sample-flops-visible, sample-flops-hidden
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    a = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)

    def f(m, first):
        return m * (2 * model.active + a * (first + m // 2))

    return f(prompt, 0), f(new - 1, prompt)
