"""The rest is shared out among the known.

loses: trim-visible, trim-hidden
message: shared out among the known
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    known = known / known.sum(1, keepdim=True)
    return table[ids], torch.cat([torch.zeros_like(rest), known], dim=1)
