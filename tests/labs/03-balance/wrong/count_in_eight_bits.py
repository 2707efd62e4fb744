"""The counts have eight bits, and start again below zero after 127.

loses: count-load-hidden
"""


# %% count-load
def count_load(indices, n_experts, mask):
    return F.one_hot(indices[mask], n_experts).sum((0, 1), dtype=torch.int8)
