"""The logarithm to base 2.

loses: answer-scores-visible, answer-scores-hidden
message: the logarithm to base 2
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0] * mask / math.log(2)
    return each.sum(1), each.sum(1) / mask.sum(1)
