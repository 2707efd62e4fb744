"""The columns keep the order of the teacher.

loses: trim-visible, trim-hidden
message: not in that of `kept`
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    known = probabilities[:, kept.sort().values]
    return table[ids], torch.cat([rest, known], dim=1)
