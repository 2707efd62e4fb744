"""The speed is missing.

loses: update-bias-visible, update-bias-hidden
message: the speed is missing
"""


# %% update-bias
def update_bias(bias, loads, speed):
    load = loads.sum(0).float()
    return bias.detach() + (load.mean(1, keepdim=True) - load).sign()
