"""The teacher's shares are scaled to sum to 1.

loses: top-k-loss-visible, top-k-loss-hidden
message: scaled to sum to 1
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    shares = top_shares / top_shares.sum(1, keepdim=True)
    return -(shares * student_logits.log_softmax(-1).gather(1, top_ids)).sum(1).mean()
