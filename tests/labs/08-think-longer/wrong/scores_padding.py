"""Padding is in both scores.

loses: answer-scores-visible, answer-scores-hidden
message: padding is in it
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0]
    return each.sum(1), each.mean(1)
