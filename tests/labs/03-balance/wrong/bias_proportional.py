"""The step is as large as the error.

loses: update-bias-visible, update-bias-hidden
message: only its sign counts
"""


# %% update-bias
def update_bias(bias, loads, speed):
    load = loads.sum(0).float()
    return bias.detach() + speed * (load.mean(1, keepdim=True) - load)
