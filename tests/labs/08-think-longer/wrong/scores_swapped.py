"""The mean first, then the total.

loses: answer-scores-visible, answer-scores-hidden
message: this is the mean; the total is the sum
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0]
    t = (each * mask).sum(1)
    return t / mask.sum(1), t
