"""New tokens attend to one another and not to the prompt.

loses: sample-flops-visible, sample-flops-hidden
message: attention looks back at the prompt too
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    attention = 2 * model.n_layers * model.n_heads * (model.qk_dim + model.v_dim)

    def each(count):
        return sum(2 * model.active + attention * t for t in range(1, count + 1))

    return each(prompt), each(new - 1)
