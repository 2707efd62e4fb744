"""Only the first micro-batch is counted.

loses: update-bias-visible, update-bias-hidden
message: only the first micro-batch was counted
"""


# %% update-bias
def update_bias(bias, loads, speed):
    load = loads[0].float()
    return bias.detach() + speed * (load.mean(1, keepdim=True) - load).sign()
