"""A step for each micro-batch.

loses: update-bias-visible, update-bias-hidden
message: a step for each micro-batch
"""


# %% update-bias
def update_bias(bias, loads, speed):
    bias = bias.detach()
    for load in loads.float():
        bias = bias + speed * (load.mean(1, keepdim=True) - load).sign()
    return bias
