"""The sum runs over the experts and not over the tokens.

loses: count-load-visible, count-load-hidden
message: expected shape [5], yours has shape [4]
"""


# %% count-load
def count_load(indices, n_experts, mask):
    return (F.one_hot(indices, n_experts).sum(1) * mask[:, None]).sum(1)
