"""Probabilities without the logarithm.

loses: answer-scores-visible, answer-scores-hidden
message: these are sums of probabilities
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.softmax(-1).gather(-1, tokens[..., None])[..., 0] * mask
    return each.sum(1), each.sum(1) / mask.sum(1)
