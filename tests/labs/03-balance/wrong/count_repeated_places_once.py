"""Adding at repeated places of a table adds once only.

loses: count-load-visible count-load-hidden
"""


# %% count-load
def count_load(indices, n_experts, mask):
    load = torch.zeros(n_experts, dtype=torch.long)
    load[indices[mask].flatten()] += 1
    return load
