"""Unknown tokens are left out of the text.

loses: trim-visible, trim-hidden
message: left out
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    new = table[ids]
    return new[new > 0], torch.cat([rest, known], dim=1)
