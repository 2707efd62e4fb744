"""The most likely token's log-probability, not that of the token that was written.

loses: answer-scores-visible, answer-scores-hidden
message: the most likely tokens were taken
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.log_softmax(-1).max(-1).values * mask
    return each.sum(1), each.sum(1) / mask.sum(1)
