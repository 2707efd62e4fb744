"""Shares in place of counts.

loses: count-load-visible, count-load-hidden
message: the load of five experts
"""


# %% count-load
def count_load(indices, n_experts, mask):
    load = torch.bincount(indices[mask].flatten(), minlength=n_experts)
    return load / load.sum()
