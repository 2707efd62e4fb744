"""Logits in place of log-probabilities.

loses: top-k-loss-visible, top-k-loss-hidden
message: logits stand where
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    return -(top_shares * student_logits.gather(1, top_ids)).sum(1).mean()
