"""Two micro-batches are summed, the first and the last.

loses: update-bias-hidden
"""


# %% update-bias
def update_bias(bias, loads, speed):
    load = (loads[0] + loads[-1]).float()
    return bias.detach() + speed * (load.mean(1, keepdim=True) - load).sign()
