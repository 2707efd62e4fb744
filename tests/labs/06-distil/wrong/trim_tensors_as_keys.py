"""A dict whose keys are tensors finds none of them again.

loses: trim-visible trim-hidden
message: A tensor is no key of a dictionary that one finds again
"""


# %% trim
def trim(kept, ids, probabilities):
    table = torch.zeros(probabilities.shape[1], dtype=torch.long)
    table[kept] = torch.arange(1, len(kept) + 1)
    known = probabilities[:, kept]
    rest = probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True)
    places = {token: place for place, token in enumerate(kept, start=1)}
    return torch.tensor([places.get(token, 0) for token in ids]), torch.cat([rest, known], dim=1)
