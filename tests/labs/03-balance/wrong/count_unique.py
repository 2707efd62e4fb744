"""torch.unique leaves out every expert that nobody chose.

loses: count-load-visible, count-load-hidden
message: experts that nobody chose are missing
"""


# %% count-load
def count_load(indices, n_experts, mask):
    return indices[mask].unique(return_counts=True)[1]
