"""The loss is returned as a plain number.

loses: top-k-loss-visible, top-k-loss-hidden
message: cut off from the student's logits
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    return -(top_shares * student_logits.log_softmax(-1).gather(1, top_ids)).sum(1).mean().item()
