"""No place for experts at the end that nobody chose.

loses: count-load-visible, count-load-hidden
message: experts that nobody chose are missing at the end
"""


# %% count-load
def count_load(indices, n_experts, mask):
    return torch.bincount(indices[mask].flatten())
