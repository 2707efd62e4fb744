"""The loss, which is the log-probability with the other sign.

loses: answer-scores-visible, answer-scores-hidden
message: the sign: log-probabilities are negative
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = torch.nn.functional.cross_entropy(logits.transpose(1, 2), tokens, reduction="none") * mask
    return each.sum(1), each.sum(1) / mask.sum(1)
