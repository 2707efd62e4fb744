"""An expert exactly at the mean is moved up.

loses: update-bias-visible, update-bias-hidden
message: exactly at the mean was moved up
"""


# %% update-bias
def update_bias(bias, loads, speed):
    load = loads.sum(0).float()
    return bias.detach() + torch.where(load > load.mean(1, keepdim=True), -speed, speed)
