"""The softmax's sum has no gradient, so that nothing tells the student of other tokens.

loses: top-k-loss-hidden
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    log_q = student_logits - student_logits.logsumexp(-1, keepdim=True).detach()
    return -(top_shares * log_q.gather(1, top_ids)).sum(1).mean()
