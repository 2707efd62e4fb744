"""The student's softmax runs over the teacher's top-k only.

loses: top-k-loss-visible, top-k-loss-hidden
message: over the k stored tokens
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    log_q = student_logits.gather(1, top_ids).log_softmax(-1)
    return -(top_shares * log_q).sum(1).mean()
