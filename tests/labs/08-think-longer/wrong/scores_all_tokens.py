"""Divided by the number of tokens of all samples together.

loses: answer-scores-visible, answer-scores-hidden
message: divided by the number of tokens of all samples
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0] * mask
    return each.sum(1), each.sum(1) / mask.sum()
