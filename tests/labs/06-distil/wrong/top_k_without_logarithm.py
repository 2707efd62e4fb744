"""The logarithm is missing.

loses: top-k-loss-visible, top-k-loss-hidden
message: the logarithm is missing
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    return -(top_shares * student_logits.softmax(-1).gather(1, top_ids)).sum(1).mean()
