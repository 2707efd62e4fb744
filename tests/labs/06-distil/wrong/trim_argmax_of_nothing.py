"""`argmax` of a row without any `True` is 0: unknown tokens become the first kept one.

loses: trim-visible, trim-hidden
message: unknown tokens got the id of the first kept one
"""


# %% trim
def trim(kept, ids, probabilities):
    new = (ids[:, None] == kept).int().argmax(1) + 1
    known = probabilities[:, kept]
    return new, torch.cat([probabilities.sum(1, keepdim=True) - known.sum(1, keepdim=True), known], 1)
