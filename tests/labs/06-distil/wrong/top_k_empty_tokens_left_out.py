"""Tokens of which nothing was stored are not counted in the mean.

loses: top-k-loss-hidden
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    log_q = student_logits.log_softmax(-1).gather(1, top_ids)
    has = (top_shares.sum(1) > 0).sum()
    return -(top_shares * log_q).sum() / has
