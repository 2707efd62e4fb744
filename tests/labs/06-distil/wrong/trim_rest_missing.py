"""The mass of unknown tokens is lost.

loses: trim-visible, trim-hidden
message: the rest is missing
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    return table[ids], torch.cat([torch.zeros_like(rest), known], dim=1)
