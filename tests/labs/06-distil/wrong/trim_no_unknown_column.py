"""There is no column for unknown.

loses: trim-visible, trim-hidden
message: no column for unknown
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    return table[ids], known
