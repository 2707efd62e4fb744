"""Padding is sent to expert 0 before counting.

loses: count-load-visible, count-load-hidden
message: the load of five experts
"""


# %% count-load
def count_load(indices, n_experts, mask):
    return torch.bincount((indices * mask[:, None]).flatten(), minlength=n_experts)
