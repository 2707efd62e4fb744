"""Only the first two stored tokens.

loses: top-k-loss-hidden
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    return -(top_shares * student_logits.log_softmax(-1).gather(1, top_ids))[:, :2].sum(1).mean()
