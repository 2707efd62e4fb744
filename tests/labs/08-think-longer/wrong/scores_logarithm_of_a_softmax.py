"""The logarithm of a softmax: -inf where a probability is too small for a float.

loses: answer-scores-visible, answer-scores-hidden
message: not the logarithm of a softmax
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.softmax(-1).log().gather(-1, tokens[..., None])[..., 0]
    total = (each * mask).sum(1)
    return total, total / mask.sum(1)
