"""Padding is counted as work.

loses: count-load-visible, count-load-hidden
message: padding was counted
"""


# %% count-load
def count_load(indices, n_experts, mask):
    return torch.bincount(indices.flatten(), minlength=n_experts)
