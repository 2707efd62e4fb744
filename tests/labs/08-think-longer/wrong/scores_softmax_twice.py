"""A log-softmax of a softmax.

loses: answer-scores-visible answer-scores-hidden
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.softmax(-1).log_softmax(-1).gather(-1, tokens[..., None])[..., 0]
    total = (each * mask).sum(1)
    return total, total / mask.sum(1)
