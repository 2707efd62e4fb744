"""The first kept token has id 0, which is unknown.

loses: trim-visible, trim-hidden
message: the first kept token has id 1
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(len(kept))
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    return table[ids], torch.cat([rest, known], dim=1)
