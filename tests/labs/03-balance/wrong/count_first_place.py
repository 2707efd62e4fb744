"""Only the best expert of each token is counted, as in a top-1 model.

loses: count-load-visible, count-load-hidden
message: only each token's first place was counted
"""


# %% count-load
def count_load(indices, n_experts, mask):
    return torch.bincount(indices[mask, 0], minlength=n_experts)
