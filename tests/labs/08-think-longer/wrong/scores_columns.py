"""The mean over all columns, after masking: it ranks as the total does, so short answers are favoured unknowingly.

loses: answer-scores-visible, answer-scores-hidden
message: divided by the number of columns
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0] * mask
    return each.sum(1), each.mean(1)
