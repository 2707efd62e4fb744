"""Attention is left out.

loses: sample-flops-visible, sample-flops-hidden
message: attention is missing
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    return 2 * model.active * prompt, 2 * model.active * (new - 1)
