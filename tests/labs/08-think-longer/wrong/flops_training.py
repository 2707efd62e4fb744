"""Six times active: what a token costs in training.

loses: sample-flops-visible, sample-flops-hidden
message: six times active is the price of training
"""


# %% sample-flops
def sample_flops(model, prompt, new):
    return 6 * model.active * prompt, 6 * model.active * (new - 1)
