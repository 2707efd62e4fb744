"""The real tokens are counted, and then taken from the front, wherever the padding is.

loses: count-load-hidden
"""


# %% count-load
def count_load(indices, n_experts, mask):
    return torch.bincount(indices[: mask.sum()].flatten(), minlength=n_experts)
