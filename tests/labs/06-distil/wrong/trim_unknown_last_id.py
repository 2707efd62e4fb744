"""Unknown is the last id.

loses: trim-visible, trim-hidden
message: unknown is the last id
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.full((probabilities.shape[1],), len(kept) + 1)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    return table[ids], torch.cat([rest, known], dim=1)
