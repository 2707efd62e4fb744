"""A small number within the logarithm.

loses: answer-scores-visible, answer-scores-hidden
message: not the logarithm of a softmax
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = (logits.softmax(-1) + 1e-9).log().gather(-1, tokens[..., None])[..., 0]
    t = (each * mask).sum(1)
    return t, t / mask.sum(1)
