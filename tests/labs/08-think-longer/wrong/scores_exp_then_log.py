"""exp and log by hand: too large for a float where logits are large.

loses: answer-scores-visible, answer-scores-hidden
message: not the logarithm of a softmax
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    share = logits.exp() / logits.exp().sum(-1, keepdim=True)
    each = share.gather(-1, tokens[..., None])[..., 0].log() * mask
    return each.sum(1), each.sum(1) / mask.sum(1)
