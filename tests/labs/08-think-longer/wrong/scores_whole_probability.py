"""The probability of the whole answer, by a product.

loses: answer-scores-visible, answer-scores-hidden
message: this is the probability of the whole
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.softmax(-1).gather(-1, tokens[..., None])[..., 0]
    whole = torch.where(mask, each, 1.0).prod(1)
    return whole, whole ** (1 / mask.sum(1))
