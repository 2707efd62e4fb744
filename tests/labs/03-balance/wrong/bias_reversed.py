"""The sign is reversed: who has much is given more.

loses: update-bias-visible, update-bias-hidden
message: the direction is reversed
"""


# %% update-bias
def update_bias(bias, loads, speed):
    load = loads.sum(0).float()
    return bias.detach() + speed * (load - load.mean(1, keepdim=True)).sign()
