"""The logits taken as if they were log-probabilities.

loses: answer-scores-visible, answer-scores-hidden
message: the logits were taken as they are
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.gather(-1, tokens[..., None])[..., 0] * mask
    return each.sum(1), each.sum(1) / mask.sum(1)
