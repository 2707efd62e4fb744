"""Only the best token.

loses: top-k-loss-visible, top-k-loss-hidden
message: only the teacher's best token
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    return F.cross_entropy(student_logits, top_ids[:, 0])
