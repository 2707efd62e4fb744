"""The mask is taken for a number of tokens from the left.

loses: answer-scores-visible, answer-scores-hidden
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    n = mask.sum(1)
    m = torch.arange(mask.shape[1]) < n[:, None]
    each = logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0]
    t = (each * m).sum(1)
    return t, t / n
