"""Divided by the root of the length.

loses: answer-scores-visible, answer-scores-hidden
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0]
    t = (each * mask).sum(1)
    return t, t / mask.sum(1) ** 0.5
