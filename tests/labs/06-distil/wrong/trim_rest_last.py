"""Unknown is the last column.

loses: trim-visible, trim-hidden
message: the rest stands in the last column
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    return table[ids], torch.cat([known, rest], dim=1)
