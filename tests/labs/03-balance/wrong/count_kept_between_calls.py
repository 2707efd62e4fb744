"""The counts of all calls so far, kept in a global name.

loses: count-load-hidden
"""

# %% count-load
TOTAL = {}


def count_load(indices, n_experts, mask):
    TOTAL[n_experts] = TOTAL.get(n_experts, 0) + torch.bincount(indices[mask].flatten(), minlength=n_experts)
    return TOTAL[n_experts]
