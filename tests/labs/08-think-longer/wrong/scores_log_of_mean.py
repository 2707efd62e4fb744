"""The logarithm of the mean probability.

loses: answer-scores-visible, answer-scores-hidden
message: the logarithm of the mean probability
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.softmax(-1).gather(-1, tokens[..., None])[..., 0]
    total = (each.log() * mask).sum(1)
    return total, ((each * mask).sum(1) / mask.sum(1)).log()
