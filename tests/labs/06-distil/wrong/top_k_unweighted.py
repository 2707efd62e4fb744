"""The shares are left out.

loses: top-k-loss-visible, top-k-loss-hidden
message: the shares were left out
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    return -student_logits.log_softmax(-1).gather(1, top_ids).sum(1).mean()
