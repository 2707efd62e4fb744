"""A sample of one token loses its dimension.

loses: answer-scores-hidden
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.log_softmax(-1).gather(-1, tokens[..., None]).squeeze()
    total = (each * mask).sum(1)
    return total, total / mask.sum(1)
