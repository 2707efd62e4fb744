"""`kept` is taken for sorted.

loses: trim-visible, trim-hidden
message: in no particular order
"""


# %% trim
def trim(kept, ids, probabilities):
    kept = kept.sort().values
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    return table[ids], torch.cat([rest, known], dim=1)
