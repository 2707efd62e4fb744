"""A mean over the k too.

loses: top-k-loss-visible, top-k-loss-hidden
message: a mean over the k too
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    return -(top_shares * student_logits.log_softmax(-1).gather(1, top_ids)).mean()
