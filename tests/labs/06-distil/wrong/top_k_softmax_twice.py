"""A log-softmax of a softmax.

loses: top-k-loss-visible top-k-loss-hidden
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    log_q = student_logits.softmax(-1).log_softmax(-1).gather(1, top_ids)
    return -(top_shares * log_q).sum(1).mean()
