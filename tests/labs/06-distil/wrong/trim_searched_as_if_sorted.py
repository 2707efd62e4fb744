"""searchsorted in ids that are in no order.

loses: trim-visible trim-hidden
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    place = torch.searchsorted(kept, ids).clamp(max=len(kept) - 1)
    return torch.where(kept[place] == ids, place + 1, 0), torch.cat([rest, known], dim=1)
