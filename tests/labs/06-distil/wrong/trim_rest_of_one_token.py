"""Only the likeliest of the other tokens goes to unknown.

loses: trim-visible, trim-hidden
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    other = probabilities.clone()
    other[:, kept] = 0
    return table[ids], torch.cat([other.max(1, keepdim=True).values, known], dim=1)
